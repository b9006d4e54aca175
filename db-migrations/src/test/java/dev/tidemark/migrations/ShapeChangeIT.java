package dev.tidemark.migrations;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A table that is altered under the triggers: writers go on, and what they write is logged as it is. */
class ShapeChangeIT {

    private final TestDatabase database = TestDatabase.source();
    private final Session session = database.session();
    private final Session writer = database.session();

    @BeforeEach
    void trackTables() {
        session.run(
                "CREATE TABLE plain (id int PRIMARY KEY, a text, b int)",
                "CREATE TABLE rich (id int PRIMARY KEY, a text, b int, tags text[], doc jsonb)");
        for (String table : List.of("plain", "rich")) {
            session.track(table);
            writer.run("INSERT INTO %s (id, a, b) SELECT i, 'a', 0 FROM generate_series(1, 9) i".formatted(table));
            write(table, 1); // its session has the plans of all kinds of statements
        }
    }

    @AfterEach
    void close() {
        writer.close();
        session.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "rich"})
    void writersGoOnInEverySession(String table) {
        for (String change : new String[] {
            "ADD COLUMN extra text DEFAULT 'x'",
            "ADD COLUMN list int[] DEFAULT '{1,2}'",
            "RENAME COLUMN a TO \"A \"\"new\"\" one\"",
            "ALTER COLUMN b TYPE json USING to_json(b)",
            "DROP COLUMN extra",
            "RENAME COLUMN id TO key",
            "ADD COLUMN t int DEFAULT 3"
        }) {
            session.run("ALTER TABLE %s %s".formatted(table, change));
            assertLogsTheRow(writer, table, 2);
            assertLogsTheRow(session, table, 3);
        }
        session.track(table);
        assertLogsTheRow(writer, table, 4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"standard_conforming_strings = off", "quote_all_identifiers = on"})
    void writersGoOnWhateverTheirSettings(String setting) {
        writer.run("SET " + setting);
        session.run("ALTER TABLE rich ADD COLUMN \"back\\slash\" text DEFAULT '\\'");
        assertLogsTheRow(writer, "rich", 2);
        session.track("rich");
        assertLogsTheRow(writer, "rich", 3);
        assertThat(writer.value("SELECT cdc.captured_as('rich')")).isEqualTo("2");
        assertThat(writer.rows("SELECT table_name FROM cdc.outdated()")).isEmpty();
    }

    @Test
    void theSlowPathIsLeftWhenTheTableIsTrackedAgain() {
        session.run("ALTER TABLE rich ADD COLUMN extra text");
        assertThat(session.value("SELECT cdc.captured_as('rich') IS NULL")).isEqualTo("t");

        session.track("rich");
        assertThat(session.value("SELECT cdc.captured_as('rich')")).isEqualTo("2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALTER TABLE plain ADD COLUMN extra text",
                "ALTER TABLE plain RENAME TO other",
                "ALTER TABLE plain DROP CONSTRAINT plain_pkey",
                "ALTER TABLE plain DISABLE TRIGGER zz_cdc_update",
                "DROP FUNCTION cdc.capture_1 CASCADE",
                "DROP TABLE plain"
            })
    void tellsWhichTablesToTrackAgain(String change) {
        assertThat(session.rows("SELECT id FROM cdc.outdated()")).isEmpty();

        session.run(change);

        assertThat(session.rows("SELECT id FROM cdc.outdated()")).containsExactly("1");
    }

    @Test
    void aSnapshotStaysValidUnlessThereWasAGapOrAnotherKey() {
        String trackedAt = "SELECT tracked_at FROM cdc.tracked_table WHERE table_name = 'plain'";
        String first = session.value(trackedAt);
        session.run("ALTER TABLE plain ADD COLUMN extra text");
        session.track("plain");
        assertThat(session.value(trackedAt)).isEqualTo(first);

        session.run("ALTER TABLE plain DROP CONSTRAINT plain_pkey, ADD PRIMARY KEY (a, id)");
        session.track("plain");
        String second = session.value(trackedAt);
        assertThat(second).isNotEqualTo(first);

        session.run("DROP TRIGGER zz_cdc_update ON plain");
        session.track("plain");
        assertThat(session.value(trackedAt)).isNotEqualTo(second);
    }

    @Test
    void writersDoNotFailWhileTheTableIsAltered() {
        session.run("INSERT INTO rich (id, b) SELECT i, 0 FROM generate_series(100, 140) i");
        AtomicBoolean done = new AtomicBoolean();
        List<CompletableFuture<Void>> writers = IntStream.range(0, 4)
                .mapToObj(worker -> CompletableFuture.runAsync(() -> {
                    try (Session other = database.session()) {
                        for (int i = 0; !done.get(); i++) {
                            other.run("UPDATE rich SET b = b + 1 WHERE id = " + (100 + worker * 10 + i % 10));
                        }
                    }
                }))
                .toList();
        for (int i = 0; i < 12; i++) {
            session.run(
                    "ALTER TABLE rich ADD COLUMN extra int[] DEFAULT '{%d}'".formatted(i),
                    "ALTER TABLE rich RENAME COLUMN extra TO more",
                    "ALTER TABLE rich DROP COLUMN doc, ADD COLUMN doc json",
                    "ALTER TABLE rich RENAME COLUMN a TO a_" + i);
            if (i % 2 == 0) {
                session.track("rich");
            }
            session.run("ALTER TABLE rich DROP COLUMN more, DROP COLUMN a_%d, ADD COLUMN a text".formatted(i));
        }
        done.set(true);
        writers.forEach(CompletableFuture::join);

        assertThat(session.value("SELECT count(*) FROM cdc.change_log WHERE op = 'x'"))
                .isEqualTo("0");
        assertThat(session.rows("SELECT id, b FROM rich WHERE b > 0 AND id >= 100 ORDER BY id"))
                .isEqualTo(session.rows("""
                        SELECT DISTINCT ON (1) (key->>'id')::int, data->>'b' FROM cdc.change_log
                        WHERE table_id = 2 AND op = 'u' AND (key->>'id')::int >= 100 ORDER BY 1, id DESC"""));
    }

    @Test
    void altersWithinTheWritersTransaction() {
        writer.run(
                "BEGIN",
                "UPDATE rich SET b = 5 WHERE id = 2",
                "ALTER TABLE rich DROP COLUMN a, ADD COLUMN z int[]",
                "UPDATE rich SET z = '{1}' WHERE id = 2",
                "COMMIT");

        assertThat(lastRow("rich"))
                .isEqualTo("u|{\"id\" : 2}|{\"id\":2,\"b\":5,\"tags\":null,\"doc\":null,\"z\":\"{1}\"}");
    }

    @Test
    void theSlowPathPinsTheSettingsAndPutsThemBack() {
        session.run("ALTER TABLE plain ADD COLUMN f float8, ADD COLUMN r tstzrange");
        writer.run("""
                CREATE FUNCTION write() RETURNS text LANGUAGE plpgsql
                SET DateStyle = 'SQL, DMY' SET TimeZone = 'America/New_York' SET extra_float_digits = 0 AS $$
                BEGIN
                  UPDATE plain SET f = 0.1::float8 + 0.2, r = '[2024-02-03 00:00:00+00,)' WHERE id = 2;
                  RETURN concat_ws('|', current_setting('DateStyle'), current_setting('TimeZone'), current_setting('extra_float_digits'));
                END $$""");

        assertThat(writer.value("SELECT write()")).isEqualTo("SQL, DMY|America/New_York|0");
        assertThat(lastRow("plain")).endsWith("\"f\":0.30000000000000004,\"r\":\"[\\\"2024-02-03 00:00:00+00\\\",)\"}");
    }

    /** Its snapshot of the catalogs is older than the table is. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "DROP COLUMN a",
                "RENAME COLUMN a TO c",
                "ADD COLUMN c int[]",
                "RENAME COLUMN id TO c",
                "DROP COLUMN id CASCADE"
            })
    void writersWithAnOldSnapshotGoOn(String change) {
        for (String table : List.of("plain", "rich")) {
            writer.run("BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT 1");
            session.run("ALTER TABLE %s %s".formatted(table, change));
            writer.run("UPDATE %s SET b = 77 WHERE b = 0".formatted(table), "COMMIT");
            assertThat(lastRow(table))
                    .as("an old snapshot cannot know the columns, so it says so")
                    .startsWith("x|");
            if (!change.startsWith("DROP COLUMN id")) {
                assertLogsTheRow(writer, table, 2);
            }
        }
    }

    @Test
    void aKeyThatMovesToOtherColumnsIsFollowed() {
        session.run("ALTER TABLE plain DROP CONSTRAINT plain_pkey, ADD PRIMARY KEY (a, id)");

        write("plain", 2);

        assertThat(lastRow("plain")).startsWith("u|{\"a\" : \"a2\", \"id\" : 2}|");
    }

    /** PostgreSQL no longer knows which comparison is meant. */
    @Test
    void writersGoOnWhenTheKeysTypeHasBeenGivenACast() {
        session.run("CREATE TYPE kind AS ENUM ('one', 'two')", "CREATE TABLE kinds (k kind PRIMARY KEY, v int)");
        session.track("kinds");
        session.run("CREATE CAST (kind AS text) WITH INOUT AS IMPLICIT", "TRUNCATE cdc.change_log");
        try (Session other = database.session()) {
            other.run("INSERT INTO kinds VALUES ('one'), ('two')", "UPDATE kinds SET v = 1", "DELETE FROM kinds");
        }
        assertThat(session.rows("SELECT op FROM cdc.change_log")).containsExactly("x", "x", "x");
    }

    @Test
    void saysThatItDidNotCaptureWhatHasNoKey() {
        session.run("ALTER TABLE plain DROP CONSTRAINT plain_pkey");
        write("plain", 2);
        assertThat(lastRow("plain")).isEqualTo("x|null|null");

        session.run("ALTER TABLE plain ADD PRIMARY KEY (id)");
        assertLogsTheRow(writer, "plain", 3);
    }

    @Test
    void saysThatItDidNotCaptureWhatItMayNotSee() {
        String owner = TestDatabase.role("owner");
        session.run("ALTER SCHEMA cdc OWNER TO " + owner);
        try (Session service = database.session(owner)) {
            session.run("GRANT SELECT, TRIGGER ON plain TO " + owner);
            for (String object : session.rows(
                    "SELECT format('%s %s', CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, oid::regclass) FROM pg_class WHERE relnamespace = 'cdc'::regnamespace AND relkind IN ('r', 'p')")) {
                session.run("ALTER %s OWNER TO %s".formatted(object, owner));
            }
            session.run("ALTER SEQUENCE cdc.change_log_id OWNER TO " + owner);
            for (String function :
                    session.rows("SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'cdc'::regnamespace")) {
                session.run("ALTER FUNCTION %s OWNER TO %s".formatted(function, owner));
            }
            service.track("public.plain");
            assertLogsTheRow(writer, "plain", 2);

            session.run("REVOKE SELECT ON plain FROM " + owner);
            write("plain", 3);
            assertThat(lastRow("plain")).isEqualTo("x|null|null");
            session.run("GRANT SELECT ON plain TO " + owner);
            assertLogsTheRow(writer, "plain", 4);

            session.run("ALTER TABLE plain ENABLE ROW LEVEL SECURITY");
            write("plain", 5);
            assertThat(lastRow("plain")).isEqualTo("x|null|null");
            assertThat(service.failure("SELECT cdc.track('public.plain')").getSQLState())
                    .isEqualTo("TM003");
            session.run(
                    "ALTER ROLE %s BYPASSRLS".formatted(owner),
                    "ALTER TABLE plain DISABLE ROW LEVEL SECURITY",
                    "ALTER TABLE plain ENABLE ROW LEVEL SECURITY");
            assertLogsTheRow(writer, "plain", 6);
        }
    }

    @Test
    void followsAKeyIndexThatIsBuiltAnew() {
        session.run("REINDEX INDEX CONCURRENTLY plain_pkey");
        assertLogsTheRow(writer, "plain", 2);
        assertThat(session.value("SELECT cdc.captured_as('plain') IS NOT NULL")).isEqualTo("t");
    }

    @Test
    void aRenamedTableIsCapturedUnderItsOldIdUntilItIsTrackedUnderItsNewName() {
        session.run(
                "CREATE SCHEMA other",
                "ALTER TABLE plain RENAME TO simple",
                "ALTER TABLE simple SET SCHEMA other",
                "CREATE TABLE plain (id int PRIMARY KEY, b int)");
        assertLogsTheRow(writer, "other.simple", 2);

        assertThat(session.track("other.simple")).isEqualTo(1);
        assertThat(session.value("SELECT concat_ws('.', schema_name, table_name) FROM cdc.tracked_table WHERE id = 1"))
                .isEqualTo("other.simple");
        assertLogsTheRow(writer, "other.simple", 3);
        assertThat(session.track("plain")).isGreaterThan(2);
    }

    @Test
    void tablesThatChangePlacesKeepTheIdOfTheirName() {
        session.run("CREATE TABLE plain_new (LIKE plain INCLUDING ALL)", "INSERT INTO plain_new TABLE plain");
        int newId = session.track("plain_new");
        session.run("ALTER TABLE plain RENAME TO plain_old", "ALTER TABLE plain_new RENAME TO plain");
        assertLogsTheRow(writer, "plain", 2);

        assertThat(session.track("plain")).isEqualTo(1);
        assertLogsTheRow(writer, "plain", 3);
        assertThat(session.rows("SELECT id FROM cdc.tracked_table WHERE active ORDER BY id"))
                .containsExactly("1", "2");
        assertThat(
                        session.rows(
                                "SELECT DISTINCT tgrelid::regclass, tgfoid::regproc::text FROM pg_trigger WHERE tgname LIKE 'zz_cdc%' ORDER BY 1, 2"))
                .containsExactly(
                        "rich|cdc.bypass_2", "rich|cdc.capture_2", "plain|cdc.bypass_1", "plain|cdc.capture_1");
        assertThat(newId).isEqualTo(3);
    }

    @Test
    void aTableThatIsMadeAgainKeepsItsId() {
        session.run("DROP TABLE plain", "CREATE TABLE plain (id int PRIMARY KEY, b json)");

        assertThat(session.track("plain")).isEqualTo(1);
        writer.run("INSERT INTO plain VALUES (1, '[1]')");
        assertThat(lastRow("plain")).isEqualTo("c|{\"id\" : 1}|{\"id\":1,\"b\":\"[1]\"}");
    }

    private void write(String table, int id) {
        writer.run(
                "UPDATE %s SET a = 'a%d', b = b + 1 WHERE id = %2$d".formatted(table, id),
                "DELETE FROM %s WHERE id = 1000".formatted(table),
                "INSERT INTO %s (id) SELECT 1 WHERE false".formatted(table));
    }

    /** Writes a row (its key is the column that comes first) and expects in the log what the producer's snapshot would read. */
    private void assertLogsTheRow(Session by, String table, int id) {
        String key = session.value("SELECT quote_ident((cdc.key_columns('%s'))[1])".formatted(table));
        by.run("UPDATE %s SET %s = %2$s WHERE %2$s = %d".formatted(table, key, id));
        String expected = session.value(
                "SELECT format('SELECT %%s, %%s FROM %s t WHERE %s = %d', cdc.key_expression(c), cdc.row_expression(c)) FROM CAST('%1$s' AS regclass) c"
                        .formatted(table, key, id));
        assertThat(lastRow(table)).isEqualTo("u|" + session.value(expected));
        assertThat(by.value("DELETE FROM %s WHERE %s = %d RETURNING 1".formatted(table, key, id)))
                .isEqualTo("1");
        assertThat(lastRow(table)).startsWith("d|");
        by.run("INSERT INTO %s (%s) VALUES (%d)".formatted(table, key, id));
        assertThat(lastRow(table)).startsWith("c|");
    }

    private String lastRow(String table) {
        return session.value("SELECT op, key, data FROM cdc.change_log ORDER BY id DESC LIMIT 1");
    }
}
