package dev.tidemark.migrations;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A partitioned table is captured as one, whichever of its tables a statement names. */
class PartitionedTablesIT {

    private final TestDatabase database = TestDatabase.source();
    private final Session session = database.session();
    private Replay sales;

    @BeforeEach
    void track() {
        session.run(
                "CREATE TABLE sales (id int, region int, note text, twice int GENERATED ALWAYS AS (region * 2) STORED, PRIMARY KEY (id, region)) PARTITION BY RANGE (id)",
                "CREATE TABLE sales_1 PARTITION OF sales FOR VALUES FROM (0) TO (100)",
                "CREATE TABLE sales_2 (note text, gone int, twice int GENERATED ALWAYS AS (region * 2) STORED, region int NOT NULL, id int NOT NULL)",
                "ALTER TABLE sales_2 DROP COLUMN gone",
                "ALTER TABLE sales ATTACH PARTITION sales_2 FOR VALUES FROM (100) TO (200)",
                "CREATE TABLE sales_3 PARTITION OF sales FOR VALUES FROM (200) TO (300) PARTITION BY LIST (region)",
                "CREATE TABLE sales_3_1 PARTITION OF sales_3 FOR VALUES IN (1)",
                "CREATE TABLE sales_3_other PARTITION OF sales_3 DEFAULT",
                "INSERT INTO sales SELECT i, i % 3, 'n' FROM generate_series(0, 299, 7) i");
        sales = Replay.track(session, "public.sales");
    }

    @AfterEach
    void close() {
        session.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO sales VALUES (1, 1, 'a'), (101, 1, 'b'), (201, 1, 'c'), (202, 2, 'd')",
                "INSERT INTO sales_2 (id, region, note) VALUES (101, 1, 'straight to a leaf of another layout')",
                "INSERT INTO sales_3 (id, region, note) VALUES (201, 1, 'a'), (201, 2, 'b')",
                "UPDATE sales SET note = 'changed'",
                "UPDATE sales_2 SET note = 'changed' WHERE id < 150",
                "UPDATE sales_3 SET note = 'changed'",
                "UPDATE sales SET id = id + 100 WHERE id < 200 AND id <> 91",
                "UPDATE sales_3 SET region = region + 1",
                "DELETE FROM sales WHERE id % 2 = 0",
                "DELETE FROM sales_3_1",
                "DELETE FROM sales_3",
                "TRUNCATE sales",
                "TRUNCATE sales_2",
                "TRUNCATE sales_3",
                "TRUNCATE sales_3_1, sales_1",
                "TRUNCATE sales_2, sales; INSERT INTO sales_2 (id, region) VALUES (101, 1)",
                "BEGIN; TRUNCATE sales; INSERT INTO sales_1 VALUES (1, 1); TRUNCATE sales_1; INSERT INTO sales_1 VALUES (2, 2); COMMIT",
                "INSERT INTO sales VALUES (0, 0, 'x'), (1, 1, 'y') ON CONFLICT (id, region) DO UPDATE SET note = excluded.note, id = sales.id + 1",
                "WITH gone AS (DELETE FROM sales_1 RETURNING *) INSERT INTO sales (id, region) SELECT id + 101, 7 FROM gone",
                "ALTER TABLE sales ADD COLUMN extra int[]; UPDATE sales SET extra = '{0}'; UPDATE sales_2 SET extra = '{1}'; TRUNCATE sales_3_1"
            })
    void everyStatementIsCapturedOnce(String statement) {
        session.run(statement);
        sales.assertInSync();
        assertThat(
                        session.value(
                                "SELECT count(*) - count(DISTINCT (op, key::text, data::text)) FROM cdc.change_log WHERE op <> 's'"))
                .as("changes that were logged twice")
                .isEqualTo("0");
    }

    @Test
    void aTruncateThatRemovesRowsItCannotSeeAsksForANewCopy() {
        session.run("TRUNCATE cdc.change_log");
        try (Session old = database.session()) {
            old.run("BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT FROM sales");
            session.run("INSERT INTO sales VALUES (1, 1, 'too new')", "TRUNCATE cdc.change_log");
            old.run("TRUNCATE sales_1", "COMMIT");
        }
        assertThat(session.rows("SELECT op FROM cdc.change_log")).containsExactly("x");
    }

    @Test
    void rowsThatATriggerOfTheirNewPartitionRefusesAreDeleted() {
        session.run(
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN CASE WHEN NEW.id = 107 THEN NULL ELSE NEW END; END $$",
                "CREATE TRIGGER refuse BEFORE INSERT ON sales_2 FOR EACH ROW EXECUTE FUNCTION refuse()",
                "UPDATE sales SET id = id + 100 WHERE id < 50");
        sales.assertInSync();
    }

    @Test
    void foreignKeysCascadeIntoPartitions() {
        session.run(
                "CREATE TABLE regions (id int PRIMARY KEY)",
                "INSERT INTO regions SELECT generate_series(0, 20)",
                "ALTER TABLE sales ADD FOREIGN KEY (region) REFERENCES regions ON UPDATE CASCADE ON DELETE CASCADE",
                "UPDATE regions SET id = 30 WHERE id = 1",
                "DELETE FROM regions WHERE id = 2");
        sales.assertInSync();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            CREATE TABLE sales_4 PARTITION OF sales FOR VALUES FROM (300) TO (400)                                                             | false
            CREATE TABLE sales_4 PARTITION OF sales FOR VALUES FROM (300) TO (400); INSERT INTO sales_4 VALUES (300, 1)                          | true
            CREATE TABLE sales_4 PARTITION OF sales FOR VALUES FROM (300) TO (400); INSERT INTO sales VALUES (300, 1); TRUNCATE sales_4          | true
            CREATE TABLE sales_4 PARTITION OF sales FOR VALUES FROM (300) TO (400); INSERT INTO sales VALUES (300, 1); DELETE FROM sales_4; VACUUM sales_4 | true
            CREATE TABLE sales_4 PARTITION OF sales FOR VALUES FROM (300) TO (400) PARTITION BY LIST (region)                                   | false
            ALTER TABLE sales DETACH PARTITION sales_1                                                                                         | true
            DROP TABLE sales_2                                                                                                                 | true
            ALTER TABLE sales DETACH PARTITION sales_1; ALTER TABLE sales ATTACH PARTITION sales_1 FOR VALUES FROM (0) TO (100)                  | true
            """)
    void aNewCopyFollowsIfRowsMayHaveComeOrGoneWithAPartition(String change, boolean copied) {
        String before = session.value("SELECT tracked_at FROM cdc.tracked_table");
        Stream.of(change.split("; ")).forEach(session::run);
        assertThat(session.rows("SELECT table_name FROM cdc.outdated()")).hasSize(1);

        session.track("sales");

        assertThat(session.value("SELECT tracked_at FROM cdc.tracked_table").equals(before))
                .isEqualTo(!copied);
        assertThat(session.rows("SELECT table_name FROM cdc.outdated()")).isEmpty();
    }

    @Test
    void newPartitionsAreCapturedToo() {
        session.run("CREATE TABLE sales_4 PARTITION OF sales FOR VALUES FROM (300) TO (400)");
        session.track("sales");
        session.run("INSERT INTO sales_4 VALUES (300, 1)", "UPDATE sales_4 SET id = 301", "TRUNCATE sales_4");
        sales.assertInSync();
        assertThat(session.value("SELECT count(*) FROM cdc.change_log")).isEqualTo("4");
    }

    @Test
    void whatWasDetachedIsCapturedNoMore() {
        session.run("ALTER TABLE sales DETACH PARTITION sales_1");
        session.track("sales");
        session.run("TRUNCATE cdc.change_log", "INSERT INTO sales_1 VALUES (1, 1)", "TRUNCATE sales_1");
        assertThat(session.value("SELECT count(*) FROM cdc.change_log")).isEqualTo("0");

        Replay detached = Replay.track(session, "public.sales_1");
        session.run("INSERT INTO sales_1 VALUES (1, 1)", "DELETE FROM sales_1");
        detached.assertInSync();
    }

    @Test
    void aPartitionOfAnotherTableIsNoneOfThisOne() {
        session.run(
                "CREATE TABLE archive (LIKE sales INCLUDING ALL) PARTITION BY RANGE (id)",
                "ALTER TABLE sales DETACH PARTITION sales_1",
                "ALTER TABLE archive ATTACH PARTITION sales_1 FOR VALUES FROM (0) TO (100)",
                "TRUNCATE cdc.change_log",
                "INSERT INTO sales_1 VALUES (1, 1)",
                "TRUNCATE archive");
        assertThat(session.value("SELECT count(*) FROM cdc.change_log")).isEqualTo("0");
    }

    @Test
    void untrackingTakesAllTriggersOff() {
        session.run("SELECT cdc.untrack('sales')");
        assertThat(session.value("SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'zz%'"))
                .isEqualTo("0");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            CREATE TABLE more PARTITION OF sales FOR VALUES FROM (300) TO (400)                     | TM005 | may not read its partition public.more
            CREATE UNLOGGED TABLE more PARTITION OF sales FOR VALUES FROM (300) TO (400)            | TM002 | its partition public.more is not permanent
            """)
    void isRefusedBecauseOfAPartition(String change, String code, String message) {
        session.run(change);
        if (code.equals("TM005")) {
            String role = TestDatabase.role("capturer");
            session.run(
                    "GRANT SELECT, TRIGGER ON sales, sales_1, sales_2, sales_3, sales_3_1, sales_3_other TO " + role,
                    "GRANT USAGE ON SCHEMA cdc TO " + role,
                    "GRANT ALL ON ALL FUNCTIONS IN SCHEMA cdc TO " + role,
                    "GRANT ALL ON ALL TABLES IN SCHEMA cdc TO " + role,
                    "SET ROLE " + role);
        }
        assertThat(session.value("SELECT code || message FROM cdc.refusal('sales')"))
                .contains(code, message);
        session.run("RESET ROLE");
    }
}
