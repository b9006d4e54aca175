package dev.tidemark.migrations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.StringReader;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.PGConnection;

/** What ordinary statements leave in the change log. */
class TriggersIT {

    private final TestDatabase database = TestDatabase.source();
    private final Session session = database.session();
    private Replay items;

    @BeforeEach
    void trackTable() {
        session.run(
                "CREATE TABLE items (id int PRIMARY KEY, name text, n int DEFAULT 0)",
                "INSERT INTO items SELECT i, 'item ' || i FROM generate_series(1, 10) i");
        items = Replay.track(session, "public.items");
    }

    @AfterEach
    void close() {
        session.close();
    }

    @Test
    void logsTheRowOfEachKindOfChange() {
        session.run(
                "INSERT INTO items VALUES (11, 'new', 1)",
                "UPDATE items SET n = 7 WHERE id = 1",
                "DELETE FROM items WHERE id = 2",
                "UPDATE items SET id = 33 WHERE id = 3",
                "TRUNCATE items");

        assertThat(session.rows("SELECT op, key, data FROM cdc.change_log ORDER BY id"))
                .containsExactly(
                        "c|{\"id\" : 11}|{\"id\":11,\"name\":\"new\",\"n\":1}",
                        "u|{\"id\" : 1}|{\"id\":1,\"name\":\"item 1\",\"n\":7}",
                        "d|{\"id\" : 2}|{\"id\":2,\"name\":\"item 2\",\"n\":0}",
                        "d|{\"id\" : 3}|{\"id\":3,\"name\":\"item 3\",\"n\":0}",
                        "u|{\"id\" : 33}|{\"id\":33,\"name\":\"item 3\",\"n\":0}",
                        "t|null|null");
        items.assertInSync();
    }

    @Test
    void logsOneRowForEachRowOfAStatement() {
        session.run(
                "UPDATE items SET n = n + 1", "UPDATE items SET n = 0 WHERE false", "DELETE FROM items WHERE id > 5");

        assertThat(session.value("SELECT count(*) FROM cdc.change_log")).isEqualTo("15");
        items.assertInSync();
    }

    @Test
    void fillsInTransactionTimeAndSlot() {
        session.run("BEGIN", "INSERT INTO items VALUES (11)", "SAVEPOINT s", "INSERT INTO items VALUES (12)");

        assertThat(session.value("""
                SELECT bool_and(xid = pg_current_xact_id() AND at BETWEEN now() AND clock_timestamp() AND tableoid = ('cdc.change_log_' || slot)::regclass
                  AND slot = date_part('hour', at AT TIME ZONE 'UTC')::int % 4)
                FROM cdc.change_log""")).isEqualTo("t");
        session.run("ROLLBACK");
    }

    @Test
    void logsNothingOfWhatIsRolledBack() {
        session.run(
                "BEGIN",
                "UPDATE items SET n = 1 WHERE id = 1",
                "SAVEPOINT s",
                "UPDATE items SET n = 2 WHERE id = 1",
                "ROLLBACK TO s",
                "UPDATE items SET n = 3 WHERE id = 2",
                "COMMIT",
                "BEGIN",
                "DELETE FROM items",
                "ROLLBACK");

        assertThat(session.value("SELECT string_agg(data->>'n', ',' ORDER BY id) FROM cdc.change_log"))
                .isEqualTo("1,3");
        items.assertInSync();
    }

    @Test
    void logsWhatAPreparedTransactionDid() {
        session.run("BEGIN", "UPDATE items SET n = 1", "PREPARE TRANSACTION 'p'");
        assertThat(session.value("SELECT count(*) FROM cdc.change_log")).isEqualTo("0");

        session.run("COMMIT PREPARED 'p'");
        items.assertInSync();
    }

    @Test
    void logsUpserts() {
        session.run(
                "INSERT INTO items VALUES (5, 'upserted'), (50, 'inserted') ON CONFLICT (id) DO UPDATE SET name = excluded.name",
                "INSERT INTO items VALUES (5, 'ignored'), (51, 'inserted') ON CONFLICT DO NOTHING");

        assertThat(session.value("SELECT count(*) FROM cdc.change_log")).isEqualTo("3");
        items.assertInSync();
    }

    @Test
    void logsMerge() {
        assumeTrue(session.serverVersion() >= 15);
        session.run("""
                MERGE INTO items i USING (VALUES (1, 'changed'), (2, NULL), (99, 'added')) v(id, name) ON i.id = v.id
                WHEN MATCHED AND v.name IS NULL THEN DELETE WHEN MATCHED THEN UPDATE SET name = v.name WHEN NOT MATCHED THEN INSERT VALUES (v.id, v.name)""");

        assertThat(session.value("SELECT string_agg(op::text, '' ORDER BY op) FROM cdc.change_log"))
                .isEqualTo("cdu");
        items.assertInSync();
    }

    @Test
    void logsCopy() throws Exception {
        session.connection()
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyIn("COPY items (id, name) FROM STDIN", new StringReader("100\tone\n101\ttwo\n"));

        assertThat(session.value("SELECT string_agg(concat(op, key->>'id'), ' ') FROM cdc.change_log"))
                .isEqualTo("c100 c101");
        items.assertInSync();
    }

    @Test
    void logsEveryWriterOfOneStatement() {
        session.run("""
                WITH gone AS (DELETE FROM items WHERE id < 4 RETURNING *), changed AS (UPDATE items SET n = 1 WHERE id = 5 RETURNING *)
                INSERT INTO items SELECT id + 100, name, 2 FROM gone UNION ALL SELECT id + 100, name, n FROM changed""");

        assertThat(session.value("SELECT count(*) FROM cdc.change_log")).isEqualTo("8");
        items.assertInSync();
    }

    @Test
    void followsKeysThatShift() {
        session.run(
                "CREATE TABLE places (place int PRIMARY KEY DEFERRABLE, who text)",
                "INSERT INTO places SELECT i, 'runner ' || i FROM generate_series(1, 5) i");
        Replay places = Replay.track(session, "public.places");

        session.run("UPDATE places SET place = place + 1");
        places.assertInSync();
        session.run("UPDATE places SET place = CASE place WHEN 2 THEN 6 WHEN 6 THEN 2 ELSE place END");
        places.assertInSync();
        session.run(
                "BEGIN",
                "SET CONSTRAINTS ALL DEFERRED",
                "UPDATE places SET place = 3 WHERE place = 2",
                "DELETE FROM places WHERE who = 'runner 2'",
                "COMMIT");
        places.assertInSync();
    }

    @Test
    void followsCompositeKeys() {
        session.run(
                "CREATE TABLE lines (doc text, line int, body text, PRIMARY KEY (line, doc))",
                "INSERT INTO lines SELECT 'd' || i % 3, i, 'x' FROM generate_series(1, 9) i");
        Replay lines = Replay.track(session, "public.lines");

        session.run(
                "UPDATE lines SET line = line + 9 WHERE doc = 'd1'",
                "UPDATE lines SET doc = 'moved' WHERE line > 5",
                "DELETE FROM lines WHERE line = 2");

        lines.assertInSync();
        assertThat(session.value("SELECT key FROM cdc.change_log ORDER BY id DESC"))
                .isEqualTo("{\"line\" : 2, \"doc\" : \"d2\"}");
    }

    @Test
    void logsTruncateThroughForeignKeys() {
        session.run(
                "CREATE TABLE parts (id int PRIMARY KEY, item int REFERENCES items ON DELETE CASCADE ON UPDATE SET NULL)",
                "INSERT INTO parts SELECT i, i FROM generate_series(1, 10) i");
        Replay parts = Replay.track(session, "public.parts");

        session.run("DELETE FROM items WHERE id = 1", "UPDATE items SET id = 20 WHERE id = 2");
        parts.assertInSync();
        session.run("TRUNCATE items CASCADE");
        parts.assertInSync();
        items.assertInSync();
    }

    @Test
    void capturesTablesWhoseNamesNeedQuotes() {
        session.run(
                "CREATE SCHEMA \"My Schema\"",
                "CREATE TABLE \"My Schema\".\"a.\"\"b\" (\"Key\" int PRIMARY KEY, \"x y\" text)");
        String id = session.value("SELECT cdc.track('\"My Schema\".\"a.\"\"b\"')");
        session.run("INSERT INTO \"My Schema\".\"a.\"\"b\" VALUES (1, 'one')");

        assertThat(session.value("SELECT cdc.track('\"My Schema\".\"a.\"\"b\"')"))
                .isEqualTo(id);
        assertThat(session.rows("SELECT schema_name, table_name, key_columns FROM cdc.tracked_table WHERE id = " + id))
                .containsExactly("My Schema|a.\"b|{Key}");
        assertThat(session.rows("SELECT key, data FROM cdc.change_log"))
                .containsExactly("{\"Key\" : 1}|{\"Key\":1,\"x y\":\"one\"}");
    }

    @Test
    void letsWritersWriteThatHaveNoRightsInTheSchema() {
        String role = TestDatabase.role("writer");
        session.run("GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON items TO " + role);

        try (Session writer = database.session(role)) {
            writer.run(
                    "SET search_path = ''",
                    "INSERT INTO public.items VALUES (11)",
                    "UPDATE public.items SET n = 3",
                    "DELETE FROM public.items WHERE id = 1");
            items.assertInSync();
            writer.run("TRUNCATE public.items");
            items.assertInSync();
            for (String object :
                    new String[] {"cdc.change_log", "cdc.change_log_0", "cdc.tracked_table", "cdc.producer"}) {
                assertThat(writer.failure("TABLE " + object).getSQLState()).isEqualTo("42501");
            }
            assertThat(writer.failure("SELECT cdc.track('items')").getSQLState())
                    .isEqualTo("42501");
        }
    }

    /** They would run with the rights of whoever owns the trigger function, and their answer would be logged. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    AS (a int)                        | ROW(1)::kind   | (1)
                    AS ENUM ('one')                   | 'one'          | one
                    AS RANGE (SUBTYPE = int)          | '[1,2)'        | [1,2)
                    """)
    void callsNoCastsThatTheOwnerOfATypeHasMade(String definition, String value, String text) {
        session.run(
                "CREATE TYPE kind " + definition,
                "CREATE TABLE casts (name text)",
                "CREATE TABLE kinds (id int PRIMARY KEY, k kind, l kind[])");
        session.track("kinds");
        for (String to : List.of("text", "json")) {
            session.run(
                    "CREATE FUNCTION %1$s_of(kind) RETURNS %1$s LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.casts VALUES ('%1$s'); RETURN '\"other\"'; END $$"
                            .formatted(to),
                    "CREATE CAST (kind AS %1$s) WITH FUNCTION %1$s_of(kind)".formatted(to));
        }
        session.run("INSERT INTO kinds VALUES (1, %1$s, ARRAY[%1$s]::kind[])".formatted(value));
        session.track("kinds");
        session.run("INSERT INTO kinds VALUES (2, %1$s, ARRAY[%1$s]::kind[])".formatted(value));

        assertThat(session.rows("SELECT DISTINCT data ->> 'k' FROM cdc.change_log WHERE data IS NOT NULL"))
                .containsExactly(text);
        assertThat(session.value("SELECT count(*) FROM casts")).isEqualTo("0");
    }

    @Test
    void callsNoCastForAKey() {
        session.run(
                "CREATE TYPE kind AS ENUM ('one', 'two')",
                "CREATE TABLE kinds (k kind PRIMARY KEY)",
                "CREATE FUNCTION text_of(kind) RETURNS text LANGUAGE sql AS $$ SELECT 'other' $$",
                "CREATE CAST (kind AS text) WITH FUNCTION text_of(kind)");
        session.track("kinds");
        session.run("INSERT INTO kinds VALUES ('one'), ('two')");
        assertThat(session.rows("SELECT key ->> 'k' FROM cdc.change_log WHERE key IS NOT NULL ORDER BY id"))
                .containsExactly("one", "two");
    }

    @Test
    void isNotDeceivedByTheWritersTemporaryTables() {
        session.run(
                "CREATE TEMPORARY TABLE items (id int, other text)",
                "CREATE TEMPORARY TABLE change_log (id int)",
                "UPDATE public.items SET n = 4");

        items.assertInSync();
    }

    @Test
    void staysQuickForSingleRowsAfterALargeStatement() {
        session.run(
                "INSERT INTO items SELECT i FROM generate_series(100, 60000) i",
                "ANALYZE items",
                "UPDATE items SET n = 1");

        session.run(
                "SET statement_timeout = '5s'",
                "DO $$ BEGIN FOR i IN 100..1100 LOOP UPDATE items SET n = 2 WHERE id = i; END LOOP; END $$");
        items.assertInSync();
    }

    @Test
    void staysQuickWhenASmallTableGrows() {
        session.run(
                "VACUUM ANALYZE items",
                "SET statement_timeout = '8s'",
                "DO $$ BEGIN FOR i IN 100..20000 LOOP INSERT INTO items VALUES (i); END LOOP; END $$");
        items.assertInSync();
    }
}
