package dev.tidemark.migrations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Updates are logged with the row as it was before, of the tables for which that is chosen. Values that may not be there begin with SECRET. */
class BeforeIT {

    private final TestDatabase database = TestDatabase.source();
    private final Session session = database.session();

    @BeforeEach
    void createTable() {
        session.run("SELECT cdc.set_hash_key('an example of a key')", "CREATE TABLE t (id int PRIMARY KEY, v text)");
    }

    @AfterEach
    void nothingHasGotOut() {
        assertThat(session.rows("SELECT op, key FROM cdc.change_log WHERE concat(key, data, before) LIKE '%SECRET%'"))
                .isEmpty();
        session.close();
    }

    private Replay choose(String table, String options) {
        session.run("SELECT cdc.choose('%s', '%s')".formatted(table, options.replace("'", "''")));
        return Replay.track(session, table);
    }

    private List<String> log() {
        return session.rows("SELECT op, key, data, before FROM cdc.change_log WHERE op <> 's' ORDER BY id");
    }

    private List<String> logOf(String... statements) {
        session.run("TRUNCATE cdc.change_log");
        session.run(statements);
        return log();
    }

    @Test
    void theRowBeforeComesWithUpdatesOnly() {
        choose("public.t", "{\"before\": true}");
        assertThat(logOf("INSERT INTO t VALUES (1, 'a')"))
                .containsExactly("c|{\"id\" : 1}|{\"id\":1,\"v\":\"a\"}|null");
        assertThat(logOf("UPDATE t SET v = 'b'"))
                .containsExactly("u|{\"id\" : 1}|{\"id\":1,\"v\":\"b\"}|{\"id\":1,\"v\":\"a\"}");
        assertThat(logOf("INSERT INTO t VALUES (1, 'x'), (2, 'y') ON CONFLICT (id) DO UPDATE SET v = excluded.v"))
                .containsExactlyInAnyOrder(
                        "u|{\"id\" : 1}|{\"id\":1,\"v\":\"x\"}|{\"id\":1,\"v\":\"b\"}",
                        "c|{\"id\" : 2}|{\"id\":2,\"v\":\"y\"}|null");
        assertThat(logOf("DELETE FROM t WHERE id = 1")).containsExactly("d|{\"id\" : 1}|{\"id\":1,\"v\":\"x\"}|null");
        assertThat(logOf("TRUNCATE t")).containsExactly("t|null|null|null");
        assertThat(logOf("DELETE FROM t")).isEmpty();
    }

    @Test
    void anotherKeyIsADeletionAndAnInsertion() {
        choose("public.t", "{\"before\": true}");
        session.run("INSERT INTO t VALUES (1, 'a')");
        assertThat(logOf("UPDATE t SET id = 2, v = 'b'"))
                .containsExactly(
                        "d|{\"id\" : 1}|{\"id\":1,\"v\":\"a\"}|null", "c|{\"id\" : 2}|{\"id\":2,\"v\":\"b\"}|null");
    }

    /** Which a transaction with an old snapshot can leave without a value. */
    @Test
    void aUniqueIndexMayBeTheKey() {
        session.run(
                "CREATE TABLE u (code numeric NOT NULL, part text NOT NULL, v int)",
                "CREATE UNIQUE INDEX u_key ON u (part, code)",
                "SELECT cdc.choose('u', '{\"before\": true}', 'u_key')");
        assertThat(logOf(
                        "INSERT INTO u VALUES (1.0, 'a', 1)",
                        "UPDATE u SET code = 1.00, v = 2",
                        "UPDATE u SET part = 'b'"))
                .containsExactly(
                        "c|{\"part\" : \"a\", \"code\" : 1}|{\"code\":1.0,\"part\":\"a\",\"v\":1}|null",
                        "u|{\"part\" : \"a\", \"code\" : 1}|{\"code\":1.00,\"part\":\"a\",\"v\":2}|{\"code\":1.0,\"part\":\"a\",\"v\":1}",
                        "d|{\"part\" : \"a\", \"code\" : 1}|{\"code\":1.00,\"part\":\"a\",\"v\":2}|null",
                        "c|{\"part\" : \"b\", \"code\" : 1}|{\"code\":1.00,\"part\":\"b\",\"v\":2}|null");
        try (Session writer = database.session()) {
            writer.run("BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT 1");
            session.run("ALTER TABLE u ALTER part DROP NOT NULL", "TRUNCATE cdc.change_log");
            writer.run("UPDATE u SET part = NULL", "INSERT INTO u VALUES (2, NULL, 2)", "COMMIT");
        }
        assertThat(session.value("SELECT string_agg(op::text, '' ORDER BY id) FROM cdc.change_log WHERE op <> 's'"))
                .contains("x")
                .doesNotContain("u");
    }

    @Test
    void keysThatChangePlacesAreTheRowsThatHaveThemNow() {
        session.run("ALTER TABLE t DROP CONSTRAINT t_pkey, ADD PRIMARY KEY (id) DEFERRABLE");
        Replay t = choose("public.t", "{\"before\": true}");
        session.run("INSERT INTO t SELECT i, 'v' || i FROM generate_series(1, 4) i");
        for (String statement : List.of(
                "UPDATE t SET id = 5 - id",
                "UPDATE t SET id = id + 1",
                "UPDATE t SET id = id - 1, v = v || '!'",
                "UPDATE t SET id = id % 4 + 1")) {
            session.run(statement);
            t.assertInSync();
        }
        session.run("DELETE FROM t WHERE id > 2");
        assertThat(logOf("UPDATE t SET id = 3 - id"))
                .contains("u|{\"id\" : 1}|{\"id\":1,\"v\":\"%s\"}|{\"id\":1,\"v\":\"%s\"}"
                        .formatted(
                                session.value("SELECT v FROM t WHERE id = 1"),
                                session.value("SELECT v FROM t WHERE id = 2")));
    }

    @Test
    void aRowThatComesOrGoesWithTheConditionHasNoRowBefore() {
        session.run("ALTER TABLE t ADD shared boolean DEFAULT true, ADD n int DEFAULT 0");
        choose("public.t", "{\"columns\": {\"include\": [\"n\"]}, \"rows\": \"shared\", \"before\": true}");
        session.run("INSERT INTO t (id, shared) VALUES (1, true), (2, false)");
        assertThat(logOf(
                        "UPDATE t SET n = 1",
                        "UPDATE t SET shared = false WHERE id = 1",
                        "UPDATE t SET shared = true",
                        "UPDATE t SET id = id + 10, shared = id = 1",
                        "UPDATE t SET id = 13, shared = true WHERE id = 12",
                        "UPDATE t SET id = 14 WHERE id = 13",
                        "DELETE FROM t"))
                .containsExactly(
                        "u|{\"id\" : 1}|{\"id\":1,\"n\":1}|{\"id\":1,\"n\":0}",
                        "d|{\"id\" : 1}|{\"id\":1,\"n\":1}|null",
                        "c|{\"id\" : 2}|{\"id\":2,\"n\":1}|null",
                        "c|{\"id\" : 1}|{\"id\":1,\"n\":1}|null",
                        "d|{\"id\" : 2}|{\"id\":2,\"n\":1}|null",
                        "d|{\"id\" : 1}|{\"id\":1,\"n\":1}|null",
                        "c|{\"id\" : 11}|{\"id\":11,\"n\":1}|null",
                        "c|{\"id\" : 13}|{\"id\":13,\"n\":1}|null",
                        "d|{\"id\" : 13}|{\"id\":13,\"n\":1}|null",
                        "c|{\"id\" : 14}|{\"id\":14,\"n\":1}|null",
                        "d|{\"id\" : 11}|{\"id\":11,\"n\":1}|null",
                        "d|{\"id\" : 14}|{\"id\":14,\"n\":1}|null");
    }

    /** Each row before is what was last told of the key, whatever the columns are and become. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE people SET n = n + 1, name = 'q'",
                "UPDATE people SET n = n + 1, ssn = 'SECRET 2', card = 'SECRET 2', mail = 'SECRET' WHERE id % 2 = 0",
                "UPDATE people SET shared = NOT shared; UPDATE people SET n = 7; UPDATE people SET shared = true",
                "UPDATE people SET id = id + 100; UPDATE people SET n = 8",
                "MERGE INTO people p USING generate_series(3, 40) i ON p.id = i WHEN MATCHED AND i < 5 THEN DELETE WHEN MATCHED THEN UPDATE SET n = i WHEN NOT MATCHED THEN INSERT (id) VALUES (i)",
                "WITH w AS (UPDATE people SET n = 3 WHERE id < 5 RETURNING id) INSERT INTO people (id) SELECT id + 100 FROM w",
                "ALTER TABLE people RENAME ssn TO open; UPDATE people SET open = 'SECRET 2', n = 3; SELECT cdc.track('people'); UPDATE people SET n = 4",
                "ALTER TABLE people RENAME ssn TO open; INSERT INTO people (id) VALUES (50); UPDATE people SET id = id + 100, n = 3; DELETE FROM people WHERE id < 105; INSERT INTO people (id) VALUES (50); TRUNCATE people"
            })
    void isAsItWasChosen(String statements) {
        assumeTrue(!statements.startsWith("MERGE") || session.serverVersion() >= 15);
        session.run(
                "CREATE TABLE people (id int PRIMARY KEY, name text, ssn text DEFAULT 'SECRET', mail text DEFAULT 'SECRET', card text DEFAULT 'SECRET', at timestamptz DEFAULT now(), a int[] DEFAULT '{1}', shared boolean NOT NULL DEFAULT true, n int DEFAULT 0)");
        Replay people = choose(
                "public.people",
                "{\"columns\": {\"exclude\": [\"ssn\"], \"mask\": [\"mail\"], \"hash\": [\"card\"]}, \"rows\": \"shared\", \"before\": true}");
        session.run(
                "SET TimeZone = 'Asia/Tokyo'",
                "INSERT INTO people (id, name, shared) SELECT i, 'p', i % 3 > 0 FROM generate_series(1, 30) i");
        Stream.of(statements.split("; ")).forEach(session::run);
        people.assertInSync();
        assertThat(session.rows("""
                        SELECT op, key, before, last FROM (
                          SELECT *, lag(data::text) OVER (PARTITION BY key::text ORDER BY id) AS last FROM cdc.change_log WHERE op IN ('c', 'u', 'd')) log
                        WHERE before::text IS DISTINCT FROM CASE op WHEN 'u' THEN last END""")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE t SET v = 'twice' WHERE id = NEW.id AND v <> 'twice'",
                "UPDATE t SET v = v || 'x' WHERE id = NEW.id + 1 AND length(v) < 9",
                "UPDATE t SET id = id + 100 WHERE id = NEW.id AND id < 100",
                "DELETE FROM t WHERE id = NEW.id - 1",
                "DELETE FROM t WHERE id = NEW.id",
                "INSERT INTO t VALUES (NEW.id + 1000, 'n') ON CONFLICT (id) DO NOTHING"
            })
    void whatTriggersWriteIntoTheSameTableIsThereInTheEnd(String nested) {
        Replay t = choose("public.t", "{\"before\": true}");
        session.run(
                "INSERT INTO t SELECT i, 'v' FROM generate_series(1, 5) i",
                "CREATE FUNCTION again() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN IF pg_trigger_depth() < 3 THEN %s; END IF; RETURN NULL; END$$"
                        .formatted(nested),
                "CREATE TRIGGER again AFTER INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION again()",
                "UPDATE t SET v = 'w'");
        t.assertInSync();
        session.run("INSERT INTO t VALUES (6, 'v'), (7, 'v')", "UPDATE t SET v = 'z' WHERE id > 2");
        t.assertInSync();
    }

    /** Among them the names that the generated SQL uses itself. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "key",
                "n",
                "o",
                "t",
                "s",
                "old",
                "new",
                "OLD",
                "before",
                "anew",
                "tg_op",
                "Sel\"ect",
                "it's %s\\"
            })
    void columnsMayHaveAnyName(String name) {
        String column = '"' + name.replace("\"", "\"\"") + '"';
        session.run("CREATE TABLE odd (%s int PRIMARY KEY, v int)".formatted(column));
        Replay odd = choose("public.odd", "{\"rows\": \"v > 0\", \"before\": true}");
        for (String alter : List.of("", "ALTER TABLE odd ADD x int DEFAULT 1")) {
            session.run(
                    alter.isEmpty() ? "SELECT" : alter,
                    "INSERT INTO odd VALUES (1, 1), (2, 0), (3, 1)",
                    "UPDATE odd SET v = v + 1",
                    "UPDATE odd SET %s = %s + 10 WHERE v > 1".formatted(column, column));
            odd.assertInSync();
            session.run("DELETE FROM odd");
            odd.assertInSync();
        }
        assertThat(session.value("SELECT string_agg(op::text, '' ORDER BY id) FROM cdc.change_log WHERE op <> 's'"))
                .isEqualTo("ccucudcdcddd".repeat(2));
    }

    @Test
    void virtualColumnsAreNotKnownBefore() {
        assumeTrue(session.serverVersion() >= 18);
        session.run(
                "ALTER TABLE t ADD w text GENERATED ALWAYS AS (v || '!') VIRTUAL, ADD s text GENERATED ALWAYS AS (v || '?') STORED");
        choose("public.t", "{\"rows\": \"s > ''\", \"before\": true}");
        session.run("INSERT INTO t VALUES (1, 'a')");
        assertThat(logOf("UPDATE t SET v = 'b'"))
                .containsExactly(
                        "u|{\"id\" : 1}|{\"id\":1,\"v\":\"b\",\"w\":\"b!\",\"s\":\"b?\"}|{\"id\":1,\"v\":\"a\",\"w\":null,\"s\":\"a?\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"INSERT INTO t VALUES (2, '')", "UPDATE t SET v = '' WHERE id = 1", "DELETE FROM t WHERE id = 3"
            })
    void whatCannotBeCapturedNeverFailsAWriter(String statement) {
        session.run(
                "INSERT INTO t VALUES (1, 'a'), (3, '')",
                "SELECT cdc.choose('t', '{\"rows\": \"10 / length(v) > 1\", \"before\": true}')");
        assertThat(logOf(statement)).containsExactly("x|null|null|null");
        session.run("ALTER TABLE t DROP CONSTRAINT t_pkey");
        assertThat(logOf("UPDATE t SET v = 'b' WHERE id = 1")).containsExactly("x|null|null|null");
    }

    @Test
    void aTransactionThatCannotSeeTheChoiceSaysThatItDidNotCapture() {
        session.track("t");
        try (Session writer = database.session()) {
            writer.run("INSERT INTO t VALUES (1)", "BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT 1");
            choose("public.t", "{\"before\": true}");
            session.run("ALTER TABLE t ADD x int", "TRUNCATE cdc.change_log");
            writer.run(
                    "UPDATE t SET v = 'a'",
                    "INSERT INTO t VALUES (2)",
                    "DELETE FROM t",
                    "COMMIT",
                    "INSERT INTO t VALUES (3)");
        }
        assertThat(session.value("SELECT string_agg(op::text, '' ORDER BY id) FROM cdc.change_log WHERE op <> 's'"))
                .isEqualTo("xxxxc");
    }

    /** What is generated anew for each row of an altered table costs too much for a million of them. The writer is held up at its tenth row until the table is tracked again. */
    @Test
    void aStatementThatIsUnderWayGoesOnAsSoonAsTheTableIsTrackedAgain() throws Exception {
        choose("public.t", "{\"before\": true}");
        session.run(
                "INSERT INTO t SELECT i, 'a' FROM generate_series(1, 50) i",
                "ALTER TABLE t ADD x int",
                "CREATE FUNCTION hold_up() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NULL; END$$",
                "CREATE TRIGGER hold_up AFTER UPDATE ON t FOR EACH ROW WHEN (NEW.id = 10) EXECUTE FUNCTION hold_up()",
                "SELECT pg_advisory_lock(1)");
        try (Session writer = database.session()) {
            writer.run("SET track_functions = 'all'");
            CompletableFuture<Void> update = CompletableFuture.runAsync(() -> writer.run("UPDATE t SET x = id"));
            while (session.rows("SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 1 AND NOT granted")
                    .isEmpty()) {
                assertThat(update).isNotDone();
            }
            session.track("t");
            session.run("SELECT pg_advisory_unlock(1)");
            update.get(60, TimeUnit.SECONDS);
        }
        assertThat(
                        session.rows(
                                "SELECT count(*) FILTER (WHERE op = 's'), count(*) FILTER (WHERE before->>'x' IS NULL AND data->>'x' = key->>'id') FROM cdc.change_log WHERE op IN ('s', 'u')"))
                .as("told by the statement, and by cdc.track that does not see it")
                .containsExactly("2|50");
        String slow = "SELECT calls BETWEEN 9 AND 11 FROM pg_stat_user_functions WHERE funcname = 'capture_anew'";
        while (session.rows(slow).isEmpty()) {
            Thread.onSpinWait(); // until the server has the statistics of the session that has ended
        }
        assertThat(session.value(slow)).isEqualTo("t");
    }

    @Test
    void aTableChangesOverInOneTransactionAndIsCopiedAnew() {
        String triggers =
                "SELECT tgname, tgtype & 1 FROM pg_trigger WHERE tgrelid = 't'::regclass AND tgfoid = 'cdc.capture_1'::regproc ORDER BY tgname";
        List<String> byStatement =
                List.of("zz_cdc_delete|0", "zz_cdc_insert|0", "zz_cdc_truncate|0", "zz_cdc_update|0");
        session.track("t");
        assertThat(session.rows(triggers)).isEqualTo(byStatement);
        String trackedAt = session.value("SELECT tracked_at FROM cdc.tracked_table");

        Replay t = choose("public.t", "{\"before\": true}");
        assertThat(session.rows(triggers))
                .containsExactly("zz_cdc_delete|1", "zz_cdc_insert|1", "zz_cdc_truncate|0", "zz_cdc_update|1");
        assertThat(session.value("SELECT tracked_at FROM cdc.tracked_table")).isNotEqualTo(trackedAt);
        assertThat(session.rows("SELECT table_name FROM cdc.outdated()")).isEmpty();
        session.run("INSERT INTO t VALUES (1, 'a')", "UPDATE t SET v = 'b'");
        t.assertInSync();

        choose("public.t", "{\"before\": false}");
        assertThat(session.rows(triggers)).isEqualTo(byStatement);
        assertThat(session.value("SELECT count(*) FROM cdc.capture_choice")).isEqualTo("0");
        assertThat(logOf("UPDATE t SET v = 'c'")).containsExactly("u|{\"id\" : 1}|{\"id\":1,\"v\":\"c\"}|null");
    }

    @Test
    void triggersOfTheOtherKindAreMissing() {
        choose("public.t", "{\"before\": true}");
        session.run(
                "CREATE OR REPLACE TRIGGER zz_cdc_update AFTER UPDATE ON t REFERENCING OLD TABLE AS old_t NEW TABLE AS new_t FOR EACH STATEMENT EXECUTE FUNCTION cdc.capture_1()");
        assertThat(session.rows("SELECT table_name FROM cdc.outdated()")).containsExactly("t");
        session.track("t");
        assertThat(session.rows("SELECT table_name FROM cdc.outdated()")).isEmpty();
        session.run("INSERT INTO t VALUES (1, 'a')");
        assertThat(logOf("UPDATE t SET v = 'b'")).hasSize(1).first().asString().endsWith("\"v\":\"a\"}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            t     | {"before": "yes"} | before has to be true or false
            t     | {"before": 1}     | before has to be true or false
            sales | {"before": true}  | of a partitioned table the rows before are not captured
            """)
    void refusesWhatMakesNoSense(String table, String options, String message) {
        session.run("CREATE TABLE sales (id int PRIMARY KEY) PARTITION BY RANGE (id)");
        var e = session.failure("SELECT cdc.choose('%s', '%s')".formatted(table, options));
        assertThat(e.getSQLState()).isEqualTo("TM008");
        assertThat(e.getServerErrorMessage().getMessage()).contains(message);
        assertThat(e.getServerErrorMessage().getHint()).isNotBlank();
    }

    @Test
    void writersNeedNoRights() {
        String role = TestDatabase.role("writer");
        session.run("GRANT SELECT, INSERT, UPDATE ON t TO " + role);
        choose("public.t", "{\"before\": true}");
        try (Session writer = database.session(role)) {
            writer.run("INSERT INTO t VALUES (1, 'a')");
            session.run("ALTER TABLE t ADD x int");
            writer.run("UPDATE t SET v = 'b'");
        }
        assertThat(log()).last().asString().endsWith("{\"id\":1,\"v\":\"a\",\"x\":null}");
    }
}
