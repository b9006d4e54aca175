package dev.tidemark.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Whatever a statement does to its table, the destination ends with the same rows. Each test has a table of its own in one pipeline. */
class StatementsIT {

    private static final String QUOTED = "\"My Schema\".\"a.b\"";

    @RegisterExtension
    static final Pipelines PIPELINES = Pipelines.perClass();

    private static Pipeline pipeline;

    @BeforeAll
    static void start() {
        pipeline = PIPELINES.create(QUOTED).consumerWith("CDC_SINK_CREATETABLES", "true");
        pipeline.onBoth(
                "CREATE SCHEMA \"My Schema\"; CREATE TABLE " + QUOTED + " (\"Key\" int PRIMARY KEY, \"x y\" text)");
        pipeline.start().awaitSnapshots(QUOTED);
    }

    @Test
    void uniqueValuesSwapInOneStatement() {
        pipeline.source().execute("CREATE TABLE swap (id int PRIMARY KEY, place int UNIQUE DEFERRABLE)");
        pipeline.destination().execute("CREATE TABLE swap (id int PRIMARY KEY, place int UNIQUE)");
        track("swap");
        pipeline.source()
                .execute(
                        "INSERT INTO swap SELECT n, n FROM generate_series(1, 100) n",
                        "UPDATE swap SET place = 101 - place");
        Tables.assertEqual(pipeline, "swap");
        pipeline.source().execute("UPDATE swap SET place = place % 100 + 1");
        Tables.assertEqual(pipeline, "swap");
    }

    @Test
    void uniqueValuesSwapByWayOfAnother() {
        track("detour", "CREATE TABLE detour (id int PRIMARY KEY, place int NOT NULL UNIQUE)");
        pipeline.source().execute("INSERT INTO detour VALUES (1, 1), (2, 2)");
        Tables.assertEqual(pipeline, "detour");
        pipeline.source()
                .execute(
                        "UPDATE detour SET place = 0 WHERE id = 1; UPDATE detour SET place = 1 WHERE id = 2; UPDATE detour SET place = 2 WHERE id = 1");
        Tables.assertEqual(pipeline, "detour");
        pipeline.source()
                .execute(
                        "DELETE FROM detour WHERE id = 1; INSERT INTO detour VALUES (3, 2); UPDATE detour SET place = 9 WHERE id = 3");
        Tables.assertEqual(pipeline, "detour");
    }

    @Test
    void rowTriggersWriteTheirOwnTable() {
        track("echo", "CREATE TABLE echo (id int PRIMARY KEY, n int, note text)");
        pipeline.source().execute("""
                CREATE FUNCTION echo() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                  IF pg_trigger_depth() < 3 THEN
                    UPDATE echo SET n = n + 1, note = TG_OP WHERE id = coalesce(NEW.id, OLD.id) % 10 + 1;
                    DELETE FROM echo WHERE id = coalesce(NEW.id, OLD.id) + 100;
                    UPDATE echo SET id = id + 1000 WHERE id = 5 AND n > 20;
                  END IF;
                  RETURN NULL;
                END $$;
                CREATE TRIGGER echo AFTER INSERT OR UPDATE OR DELETE ON echo FOR EACH ROW EXECUTE FUNCTION echo();
                """);
        pipeline.source()
                .execute(
                        "INSERT INTO echo SELECT n, n FROM generate_series(1, 10) n",
                        "INSERT INTO echo SELECT n, n FROM generate_series(101, 105) n",
                        "UPDATE echo SET n = n * 2",
                        "UPDATE echo SET n = n + 1 WHERE id IN (3, 4, 5)",
                        "DELETE FROM echo WHERE id IN (2, 7)");
        Tables.assertEqual(pipeline, "echo");
    }

    @Test
    void cascadesChangeKeysOfTheirOwnTable() {
        track(
                "ring",
                "CREATE TABLE ring (id int PRIMARY KEY, alias int UNIQUE, note text,"
                        + " FOREIGN KEY (id) REFERENCES ring (alias) ON UPDATE CASCADE ON DELETE CASCADE DEFERRABLE)");
        pipeline.source()
                .execute(
                        "INSERT INTO ring VALUES (1, 2), (2, 3), (3, 1), (4, 4)",
                        "UPDATE ring SET alias = alias + 10 WHERE alias <> 4",
                        "UPDATE ring SET alias = 40, note = 'self' WHERE id = 4");
        Tables.assertEqual(pipeline, "ring");
        pipeline.source().execute("BEGIN; SET CONSTRAINTS ALL DEFERRED; UPDATE ring SET alias = alias + 100; COMMIT");
        Tables.assertEqual(pipeline, "ring");
        pipeline.source().execute("DELETE FROM ring WHERE id = 111");
        Tables.assertEqual(pipeline, "ring");
    }

    @Test
    void functionsInSetAndReturningWriteTheTable() {
        track("fun", "CREATE TABLE fun (id int PRIMARY KEY, n int)");
        pipeline.source().execute("""
                CREATE FUNCTION bump(which int) RETURNS int LANGUAGE sql AS 'UPDATE fun SET n = n + 100 WHERE id = which RETURNING n';
                CREATE FUNCTION drop_one(which int) RETURNS int LANGUAGE sql AS 'DELETE FROM fun WHERE id = which RETURNING id';
                CREATE FUNCTION move(which int) RETURNS int LANGUAGE sql AS 'UPDATE fun SET id = id + 50 WHERE id = which RETURNING id';
                INSERT INTO fun SELECT n, n FROM generate_series(1, 10) n;
                """);
        pipeline.source()
                .execute(
                        "UPDATE fun SET n = bump(id + 1) WHERE id IN (1, 3)",
                        "UPDATE fun SET n = n + 1 WHERE id = 2 RETURNING bump(2), bump(4)",
                        "UPDATE fun SET n = n + 1 WHERE id IN (5, 6) RETURNING drop_one(id)",
                        "INSERT INTO fun VALUES (20, 20), (21, 21) RETURNING move(id), bump(7)",
                        "DELETE FROM fun WHERE id = 8 RETURNING bump(9), drop_one(10)");
        Tables.assertEqual(pipeline, "fun");
    }

    @Test
    void everyKindOfStatementIsCaptured() {
        track("kinds", "CREATE TABLE kinds (id int PRIMARY KEY, n int, twice int GENERATED ALWAYS AS (n * 2) STORED)");
        pipeline.source()
                .execute(
                        "INSERT INTO kinds SELECT n, n FROM generate_series(1, 20) n",
                        "INSERT INTO kinds SELECT n, 0 FROM generate_series(15, 25) n ON CONFLICT (id) DO UPDATE SET n = kinds.n + 1000",
                        "WITH gone AS (DELETE FROM kinds WHERE id < 5 RETURNING *) INSERT INTO kinds SELECT id + 500, n FROM gone",
                        "UPDATE kinds k SET n = o.n FROM kinds o WHERE o.id = k.id + 1",
                        "UPDATE kinds SET id = id + 100 WHERE id > 500");
        Tables.assertEqual(pipeline, "kinds");
        assumeThat(pipeline.source().number("SHOW server_version_num"))
                .as("MERGE came with 15")
                .isGreaterThanOrEqualTo(150000);
        pipeline.source().execute("""
                MERGE INTO kinds k USING generate_series(10, 40) s(id) ON k.id = s.id
                WHEN MATCHED AND k.id % 2 = 0 THEN DELETE WHEN MATCHED THEN UPDATE SET n = -k.n WHEN NOT MATCHED THEN INSERT VALUES (s.id, 7)
                """);
        Tables.assertEqual(pipeline, "kinds");
    }

    @Test
    void truncateEmptiesAndRowsThatFollowStay() {
        track("emptied", "CREATE TABLE emptied (id int PRIMARY KEY, n int)");
        pipeline.source()
                .execute(
                        "INSERT INTO emptied SELECT n, 1 FROM generate_series(1, 1000) n",
                        "BEGIN; UPDATE emptied SET n = 2 WHERE id < 10; TRUNCATE emptied; INSERT INTO emptied VALUES (1, 3), (2000, 3); COMMIT",
                        "BEGIN; TRUNCATE emptied; ROLLBACK");
        Tables.assertEqual(pipeline, "emptied");
        pipeline.source().execute("TRUNCATE emptied");
        Tables.assertEqual(pipeline, "emptied");
        assertThat(pipeline.destination().number("SELECT count(*) FROM emptied"))
                .isZero();
    }

    @Test
    void nameThatNeedsQuotesHasTopicThatKafkaTakes() {
        pipeline.source().execute("INSERT INTO " + QUOTED + " VALUES (1, 'one'), (2, NULL)");
        pipeline.source().execute("UPDATE " + QUOTED + " SET \"Key\" = 3, \"x y\" = 'three' WHERE \"Key\" = 1");
        Tables.assertEqual(pipeline, QUOTED);
        assertThat(pipeline.topic(QUOTED)).endsWith(".My_Schema.a_b");
        assertThat(TopicAudit.of(pipeline, QUOTED).changes()).hasSize(4);
    }

    @Test
    void missingTableIsMadeAsItIsAtTheSource() {
        pipeline.source().execute("""
                CREATE SCHEMA made;
                CREATE TABLE made.here (b text NOT NULL, a int, price numeric(10,2), tags text[], at timestamptz(3), doc jsonb,
                  PRIMARY KEY (a, b));
                INSERT INTO made.here SELECT 'b' || n, n % 7, n / 3.0, ARRAY['x', n::text], now(), jsonb_build_object('n', n) FROM generate_series(1, 500) n;
                """);
        track("made.here");
        pipeline.source()
                .execute(
                        "DELETE FROM made.here WHERE a = 3; UPDATE made.here SET price = NULL, tags = '{}' WHERE a = 4");
        Tables.assertEqual(pipeline, "made.here");
        assertThat(columns(pipeline.destination())).isEqualTo(columns(pipeline.source()));
    }

    private static String columns(TestDatabase database) {
        return database.value(
                "SELECT string_agg(format('%s %s %s', attname, format_type(atttypid, atttypmod), attnotnull), ', ' ORDER BY attnum)"
                        + " || (SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'made.here'::regclass AND contype = 'p')"
                        + " FROM pg_attribute WHERE attrelid = 'made.here'::regclass AND attnum > 0");
    }

    private static void track(String table, String ddl) {
        pipeline.onBoth(ddl);
        track(table);
    }

    /** By hand, as a DBA can: the producer finds it by itself. */
    private static void track(String table) {
        pipeline.source().execute("SELECT cdc.track('" + table + "')");
        pipeline.awaitSnapshots(table);
    }
}
