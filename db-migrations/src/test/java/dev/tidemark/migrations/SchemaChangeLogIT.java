package dev.tidemark.migrations;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The log tells which columns a table has before the first row that is made of them. */
class SchemaChangeLogIT {

    private static final String COPY_AT = "SELECT copy_at IS NOT NULL FROM cdc.tracked_table";
    private static final String LAST_CHANGE = """
            SELECT string_agg(c->>'name' || ' ' || (c->>'type'), ', ')
            FROM json_array_elements((SELECT data->'%s' FROM cdc.change_log WHERE op = 's' ORDER BY id DESC LIMIT 1)) c""";

    private final TestDatabase database = TestDatabase.source();
    private final Session session = database.session();
    private final Session writer = database.session();

    @BeforeEach
    void track() {
        session.run(
                "CREATE TABLE t (id int PRIMARY KEY, a varchar(10) NOT NULL, b int, tags text[])",
                "INSERT INTO t SELECT i, 'a', i FROM generate_series(1, 9) i");
        session.track("t");
        writer.run("UPDATE t SET b = 0 WHERE id = 1", "TRUNCATE cdc.change_log"); // its session has the plan
    }

    @AfterEach
    void close() {
        writer.close();
        session.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ADD COLUMN c int                                 | id integer, a character varying(10), b integer, tags text[], c integer
            ADD COLUMN c int DEFAULT 5                       | id integer, a character varying(10), b integer, tags text[], c integer
            DROP COLUMN b                                    | id integer, a character varying(10), tags text[]
            RENAME COLUMN b TO "B ""\\' $$"                  | id integer, a character varying(10), B "\\' $$ integer, tags text[]
            ALTER COLUMN b TYPE bigint                       | id integer, a character varying(10), b bigint, tags text[]
            ALTER COLUMN a TYPE varchar(20)                  | id integer, a character varying(20), b integer, tags text[]
            ALTER COLUMN a DROP NOT NULL                     | id integer, a character varying(10), b integer, tags text[]
            """)
    void theNewColumnsAreLoggedBeforeTheFirstRowOfThem(String change, String columns) {
        session.run("ALTER TABLE t " + change);
        writer.run("UPDATE t SET id = 2 WHERE false", "UPDATE t SET id = 2 WHERE id = 2");

        assertThat(operations()).containsExactly("s", "u");
        assertThat(session.value(LAST_CHANGE.formatted("before")))
                .isEqualTo("id integer, a character varying(10), b integer, tags text[]");
        assertThat(session.value(LAST_CHANGE.formatted("columns"))).isEqualTo(columns);

        session.track("t");
        session.track("t");
        writer.run("UPDATE t SET id = 3 WHERE id = 3");
        assertThat(operations()).as("told once").containsExactly("s", "u", "u");
    }

    @ParameterizedTest
    @ValueSource(strings = {"standard_conforming_strings = off", "quote_all_identifiers = on"})
    void doesNotDependOnTheSettingsOfTheWriter(String setting) {
        session.run("ALTER TABLE t RENAME COLUMN b TO \"B \"\"\\' $$\"");
        writer.run("SET " + setting, "UPDATE t SET id = 2 WHERE id = 2");
        assertThat(session.value(LAST_CHANGE.formatted("columns")))
                .isEqualTo("id integer, a character varying(10), B \"\\' $$ integer, tags text[]");
    }

    @Test
    void whatIsNoSchemaChangeIsNotLogged() {
        session.run(
                "CREATE INDEX ON t (b)",
                "GRANT SELECT ON t TO PUBLIC",
                "ALTER TABLE t ALTER b SET DEFAULT 7",
                "VACUUM FULL t",
                "ANALYZE t");
        writer.run("UPDATE t SET id = 2 WHERE id = 2");
        session.track("t");
        assertThat(operations()).containsExactly("u");
        assertThat(session.rows("SELECT id FROM cdc.outdated()")).isEmpty();
    }

    @Test
    void anAlterationWithinTheWritersTransactionIsLoggedInItsPlace() {
        writer.run(
                "BEGIN",
                "UPDATE t SET b = 1 WHERE id = 1",
                "ALTER TABLE t DROP COLUMN b, ADD COLUMN c int",
                "UPDATE t SET c = 1 WHERE id = 1",
                "COMMIT");
        assertThat(operations()).containsExactly("u", "s", "u");
    }

    @Test
    void eachOfTwoAlterationsIsLoggedFromWhatWasToldBefore() {
        session.run("ALTER TABLE t ADD COLUMN c int");
        writer.run("UPDATE t SET id = 2 WHERE id = 2");
        session.run("ALTER TABLE t ADD COLUMN d int");
        session.track("t");
        writer.run("UPDATE t SET id = 2 WHERE id = 2");
        assertThat(operations()).containsExactly("s", "u", "s", "u");
        assertThat(session.value(LAST_CHANGE.formatted("before"))).endsWith("tags text[], c integer");
        assertThat(session.value(LAST_CHANGE.formatted("columns"))).endsWith("c integer, d integer");
    }

    /** As tools for migrations do it: all in one transaction, with writes in between. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ADD c text                 | RENAME c TO d             | c text | d text
            ADD c int                  | ALTER c TYPE text         | c integer | c text
            ADD c int                  | DROP c, ADD c int         | c integer | c integer
            RENAME b TO c              | RENAME c TO b             | id integer, a character varying(10), c integer, tags text[] | id integer, a character varying(10), b integer, tags text[]
            ALTER b TYPE bigint        | ALTER b TYPE int          | id integer, a character varying(10), b bigint, tags text[] | id integer, a character varying(10), b integer, tags text[]
            ALTER a TYPE varchar(20)   | ALTER a TYPE varchar(10)  | id integer, a character varying(20), b integer, tags text[] | id integer, a character varying(10), b integer, tags text[]
            """)
    void alterationsBetweenWhichNobodyLooksAreToldOneByOne(String first, String second, String then, String now) {
        writer.run(
                "BEGIN",
                "ALTER TABLE t " + first,
                "UPDATE t SET id = 2 WHERE id = 2",
                "UPDATE t SET id = 3 WHERE id = 3",
                "ALTER TABLE t " + second,
                "UPDATE t SET id = 2 WHERE id = 2",
                "UPDATE t SET id = 3 WHERE id = 3",
                "COMMIT");
        assertThat(operations()).containsExactly("s", "u", "u", "s", "u", "u");
        assertThat(session.value(LAST_CHANGE.formatted("before"))).endsWith(then);
        assertThat(session.value(LAST_CHANGE.formatted("columns"))).endsWith(now);
        assertThat(session.rows("SELECT table_name FROM cdc.outdated()")).containsExactly("t");

        session.track("t");
        assertThat(session.value(COPY_AT)).as("rows that nobody wrote").isEqualTo("t");
        assertThat(session.rows("SELECT table_name FROM cdc.outdated()")).isEmpty();
        writer.run("UPDATE t SET id = 2 WHERE id = 2");
        assertThat(operations()).as("nothing new").containsExactly("s", "u", "u", "s", "u", "u", "u");
    }

    @Test
    void aTableThatComesBackToItsColumnsTellsOfItToEverySession() {
        try (Session other = database.session()) {
            other.run("UPDATE t SET id = 4 WHERE id = 4");
            session.run("ALTER TABLE t RENAME b TO c");
            writer.run("UPDATE t SET id = 2 WHERE id = 2");
            session.run("ALTER TABLE t RENAME c TO b");
            other.run("UPDATE t SET id = 4 WHERE id = 4", "UPDATE t SET id = 5 WHERE id = 5");
            writer.run("UPDATE t SET id = 2 WHERE id = 2");
        }
        assertThat(operations()).containsExactly("u", "s", "u", "s", "u", "u", "u");
    }

    @Test
    void theCopyThatFollowsIsOfAllRows() {
        session.run(
                "UPDATE cdc.tracked_table SET copy_at = 'yesterday', copy_after = '{\"id\":1}', copy_up_to = '{\"id\":2}'");
        session.run("ALTER TABLE t ADD COLUMN c int NOT NULL DEFAULT 5");
        session.track("t");
        assertThat(session.rows("SELECT copy_at > 'today', copy_after, copy_up_to FROM cdc.tracked_table"))
                .isEqualTo(session.rows("SELECT true, NULL, NULL"));
    }

    /** Not even the second one may take a column's new length for a change of its own. */
    @Test
    void anOldSnapshotLeavesNothingBehindInItsSession() {
        writer.run("BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT 1");
        session.run("ALTER TABLE t ALTER COLUMN a TYPE varchar(20)");
        session.track("t");
        writer.run("UPDATE t SET id = 2 WHERE id = 2", "COMMIT");
        session.run("UPDATE cdc.tracked_table SET columns = '[]'"); // what the slow path would now tell of
        writer.run("UPDATE t SET id = 2 WHERE id = 2");
        assertThat(operations()).containsExactly("s", "u", "u");
    }

    /** Of the rows that it cannot capture the log says so; of what it cannot see, it says nothing wrong. */
    @ParameterizedTest
    @CsvSource({"ADD COLUMN c int, x", "ALTER COLUMN a TYPE varchar(20), u"})
    void aWriterWithAnOldSnapshotGoesOn(String change, String logged) {
        writer.run("BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT 1");
        session.run("ALTER TABLE t " + change);
        writer.run("UPDATE t SET id = 2 WHERE id = 2", "COMMIT");
        assertThat(operations()).containsExactly(logged);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ADD COLUMN c int",
                "ALTER COLUMN a TYPE varchar(20)",
                "DROP COLUMN b",
                "ALTER COLUMN a DROP NOT NULL"
            })
    void aWriterWithAnOldSnapshotGoesOnAfterTheTableWasTrackedAnew(String change) {
        writer.run("BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT 1");
        session.run("ALTER TABLE t " + change);
        session.track("t");
        writer.run("UPDATE t SET id = 2 WHERE id = 2", "COMMIT");
        assertThat(operations()).containsExactly("s", "u");
    }

    /** Its columns are others, even if they have the numbers of the former ones. */
    @Test
    void anotherTableOfTheNameTellsOfItsColumns() {
        session.run("ALTER TABLE t RENAME TO t_old", "CREATE TABLE t (id int PRIMARY KEY, z int)");
        session.track("t");
        assertThat(operations()).containsExactly("s");
        assertThat(session.value("SELECT data->'before'->2 FROM cdc.change_log"))
                .contains("\"number\": 0");
        assertThat(session.value("SELECT data->'columns'->1 FROM cdc.change_log"))
                .contains("\"number\" : 2");
        session.run("ALTER TABLE t ADD COLUMN y int");
        session.track("t");
        assertThat(operations()).containsExactly("s", "s");
    }

    @Test
    void aTableThatIsTrackedAgainTellsHowItWasAlteredMeanwhile() {
        session.run("SELECT cdc.untrack('t')", "ALTER TABLE t ALTER COLUMN b TYPE bigint");
        session.track("t");
        assertThat(operations()).containsExactly("s");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ADD COLUMN c int                                                  | false
            ADD COLUMN c int NOT NULL DEFAULT 5                               | true
            ADD COLUMN c int DEFAULT random() * 9                             | true
            ADD COLUMN c int GENERATED ALWAYS AS (b + 1) STORED               | true
            ADD COLUMN c int GENERATED BY DEFAULT AS IDENTITY                 | true
            DROP COLUMN b                                                     | false
            DROP COLUMN b; ALTER TABLE t ADD COLUMN b int                     | true
            RENAME COLUMN b TO c                                              | true
            RENAME COLUMN b TO c; ALTER TABLE t RENAME a TO b                 | true
            ALTER COLUMN b TYPE bigint                                        | true
            ALTER COLUMN b TYPE oid                                           | true
            ALTER COLUMN b TYPE int USING b * 10, ADD COLUMN c int            | true
            ALTER COLUMN a TYPE varchar(20)                                   | false
            ALTER COLUMN a TYPE text                                          | false
            ALTER COLUMN a TYPE varchar(5)                                    | true
            ALTER COLUMN a DROP NOT NULL                                      | false
            ALTER COLUMN b SET NOT NULL                                       | false
            """)
    void aNewCopyFollowsIfRowsMayHaveOtherValues(String change, boolean copied) {
        session.run("ALTER TABLE t " + change);
        session.track("t");
        assertThat(session.value(COPY_AT)).isEqualTo(copied ? "t" : "f");
        assertThat(operations()).containsExactly("s");
    }

    @Test
    void aCopyIsAskedForAlsoIfTheWritersWereFirstToTell() {
        session.run("ALTER TABLE t ADD COLUMN c int DEFAULT 5");
        writer.run("UPDATE t SET id = 2 WHERE id = 2");
        session.track("t");
        assertThat(session.value(COPY_AT)).isEqualTo("t");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ADD COLUMN c int            | false
            ADD COLUMN c int DEFAULT 5  | true
            DROP COLUMN b               | false
            ALTER COLUMN b TYPE bigint  | true
            """)
    void partitionedTablesTellToo(String change, boolean copied) {
        session.run(
                "SELECT cdc.untrack('t')",
                "TRUNCATE cdc.change_log",
                "CREATE TABLE p (id int PRIMARY KEY, b int) PARTITION BY LIST (id)",
                "CREATE TABLE p_1 (b int, gone int, id int NOT NULL)",
                "ALTER TABLE p_1 DROP COLUMN gone",
                "ALTER TABLE p ATTACH PARTITION p_1 FOR VALUES IN (1)",
                "CREATE TABLE p_2 PARTITION OF p DEFAULT",
                "INSERT INTO p VALUES (1, 1), (2, 2)");
        session.track("p");
        session.run("ALTER TABLE p " + change);
        writer.run("UPDATE p_1 SET id = 1");
        session.track("p");
        writer.run("UPDATE p SET id = id");

        assertThat(operations()).containsExactly("s", "u", "u", "u");
        assertThat(session.value(COPY_AT + " WHERE active")).isEqualTo(copied ? "t" : "f");
    }

    @Test
    void aPointBeforeAnAlterationCountsAsBeforeIt() {
        session.run("ALTER TABLE t ADD COLUMN c int");
        writer.run("UPDATE t SET c = 1 WHERE id = 1");
        session.track("t");
        assertThat(session.value("SELECT unchanged_from > (SELECT max(id) FROM cdc.change_log) FROM cdc.tracked_table"))
                .isEqualTo("t");
    }

    @Test
    void tellsTheFineDetailsAsOutdatedToo() {
        for (String change : Stream.of("a TYPE varchar(20)", "a DROP NOT NULL").toList()) {
            session.run("ALTER TABLE t ALTER COLUMN " + change);
            assertThat(session.rows("SELECT id FROM cdc.outdated()")).containsExactly("1");
            session.track("t");
            assertThat(session.rows("SELECT id FROM cdc.outdated()")).isEmpty();
        }
    }

    private List<String> operations() {
        return session.rows("SELECT op FROM cdc.change_log ORDER BY id");
    }
}
