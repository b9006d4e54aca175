package dev.tidemark.migrations;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.util.PSQLException;

class TrackIT {

    private final TestDatabase database = TestDatabase.source();
    private final Session session = database.session();

    @AfterEach
    void close() {
        session.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    TM001 | CREATE TABLE r (id int UNIQUE NOT NULL)                       | no primary key
                    TM002 | CREATE VIEW r AS SELECT 1 AS id                               | it is a view
                    TM002 | CREATE MATERIALIZED VIEW r AS SELECT 1 AS id                  | it is a materialized view
                    TM002 | CREATE SEQUENCE r                                             | it is a sequence
                    TM002 | CREATE TYPE r AS (id int)                                     | relation of another kind
                    TM002 | CREATE UNLOGGED TABLE r (id int PRIMARY KEY)                  | it is unlogged
                    TM002 | CREATE TEMPORARY TABLE r (id int PRIMARY KEY)                 | it is temporary
                    TM001 | CREATE TABLE r (id int NOT NULL) PARTITION BY LIST (id)       | no primary key
                    TM002 | CREATE EXTENSION postgres_fdw; CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw; CREATE TABLE r (id int) PARTITION BY LIST (id); CREATE FOREIGN TABLE f PARTITION OF r DEFAULT SERVER s | its partition public.f is a foreign table
                    TM002 | CREATE TABLE p (id int PRIMARY KEY) PARTITION BY LIST (id); CREATE TABLE r PARTITION OF p DEFAULT  | it is a partition of public.p
                    TM002 | CREATE TABLE r (id int PRIMARY KEY); CREATE TABLE c () INHERITS (r)                                | inheritance
                    TM002 | CREATE TABLE p (id int); CREATE TABLE r (PRIMARY KEY (id)) INHERITS (p)                            | inheritance
                    TM004 | CREATE TABLE r (id interval PRIMARY KEY)                      | id (interval)
                    TM004 | CREATE TABLE r (a int, id int[], PRIMARY KEY (a, id))         | id (integer[])
                    TM004 | CREATE TABLE r (id jsonb PRIMARY KEY)                         | id (jsonb)
                    TM004 | CREATE TABLE r (id int4range PRIMARY KEY)                     | id (int4range)
                    TM004 | CREATE EXTENSION citext; CREATE TABLE r (id citext PRIMARY KEY)                                    | id (public.citext)
                    TM004 | CREATE DOMAIN d AS interval; CREATE DOMAIN e AS d; CREATE TABLE r (id e PRIMARY KEY)               | id (public.e)
                    TM004 | CREATE COLLATION nd (provider = icu, locale = 'und-u-ks-level2', deterministic = false); CREATE TABLE r (id varchar(9) COLLATE nd PRIMARY KEY) | id (character varying(9))
                    TM004 | CREATE TYPE e AS ENUM ('a'); CREATE DOMAIN d AS e; CREATE TABLE r (id d PRIMARY KEY)                       | id (public.d)
                    TM004 | CREATE TYPE e AS ENUM ('a'); CREATE CAST (e AS text) WITH INOUT AS IMPLICIT; CREATE TABLE r (id e PRIMARY KEY) | id (public.e)
                    TM007 | CREATE TABLE r (id int PRIMARY KEY, a regproc, b text, c regoper[])   | a (regproc), c (regoper[])
                    TM007 | CREATE TABLE r (id int PRIMARY KEY, a pg_node_tree)           | a (pg_node_tree)
                    TM007 | CREATE TYPE c AS (r regproc); CREATE DOMAIN d AS c[]; CREATE TABLE r (id int PRIMARY KEY, a d)     | a (public.d)
                    """)
    void refusesWhatItCannotCapture(String code, String setup, String message) {
        session.run(setup);

        PSQLException e = session.failure("SELECT cdc.track('r')");

        assertThat(e.getSQLState()).isEqualTo(code);
        assertThat(e.getServerErrorMessage().getMessage())
                .matches("(public\\.)?r .*")
                .contains(message);
        assertThat(e.getServerErrorMessage().getHint()).isNotBlank();
        assertThat(session.value("SELECT count(*) FROM cdc.tracked_table")).isEqualTo("0");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    CREATE INDEX i ON r (code)                                 | i that was chosen
                    CREATE UNIQUE INDEX i ON r (maybe)                         | i that was chosen
                    CREATE UNIQUE INDEX i ON r (code, maybe)                   | i that was chosen
                    CREATE UNIQUE INDEX i ON r (code) WHERE id > 0             | i that was chosen
                    CREATE UNIQUE INDEX i ON r (lower(code))                   | i that was chosen
                    CREATE UNIQUE INDEX i ON r (code COLLATE "C")              | i that was chosen
                    CREATE TABLE o (id int); CREATE UNIQUE INDEX i ON o (id)   | i is no index of it
                    """)
    void refusesIndexesThatDoNotIdentifyRows(String index, String message) {
        session.run("CREATE TABLE r (id int, code text NOT NULL, maybe int)", index);

        PSQLException e = session.failure("SELECT cdc.track('r', 'i')");

        assertThat(e.getSQLState()).isEqualTo("TM001");
        assertThat(e.getMessage()).contains(message);
        assertThat(session.value("SELECT count(*) FROM cdc.key_choice")).isEqualTo("0");
    }

    /** PostgreSQL would take it for a deadlock, which the writer would pay for. */
    @Test
    void aWriterMayGoOnToTruncateWhileItIsWaitedFor() throws Exception {
        session.run("CREATE TABLE w (id int PRIMARY KEY)");
        try (Session writer = database.session();
                Session tracker = database.session()) {
            writer.run("BEGIN", "INSERT INTO w VALUES (1)");
            CompletableFuture<Void> tracked = CompletableFuture.runAsync(() -> tracker.track("w"));
            while (session.rows("SELECT FROM pg_locks WHERE relation = 'w'::regclass AND NOT granted")
                    .isEmpty()) {
                assertThat(tracked).isNotDone();
            }
            writer.run("TRUNCATE w", "COMMIT");
            tracked.get(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void takesAnotherKeyThanThePrimaryKey() {
        session.run(
                "CREATE TABLE r (id int PRIMARY KEY, code text NOT NULL, n int)",
                "CREATE UNIQUE INDEX i ON r (code) INCLUDE (n)");
        session.track("r");
        String before = session.value("SELECT tracked_at FROM cdc.tracked_table");
        session.run("SELECT cdc.track('r', 'i')");
        session.track("r");
        session.run(
                "INSERT INTO r VALUES (1, 'a'), (2, 'b')",
                "UPDATE r SET id = 3 WHERE id = 1",
                "UPDATE r SET code = 'c' WHERE id = 2",
                "REINDEX INDEX i",
                "DELETE FROM r WHERE id = 3");

        assertThat(session.rows("SELECT op, key FROM cdc.change_log WHERE op <> 's' ORDER BY id"))
                .containsExactly(
                        "c|{\"code\" : \"a\"}",
                        "c|{\"code\" : \"b\"}",
                        "u|{\"code\" : \"a\"}",
                        "d|{\"code\" : \"b\"}",
                        "u|{\"code\" : \"c\"}",
                        "d|{\"code\" : \"a\"}");
        assertThat(session.value("SELECT tracked_at FROM cdc.tracked_table")).isNotEqualTo(before);

        session.run("SELECT cdc.track('r', NULL)", "INSERT INTO r VALUES (9, 'z')");
        assertThat(session.value("SELECT key FROM cdc.change_log ORDER BY id DESC LIMIT 1"))
                .isEqualTo("{\"id\" : 9}");
    }

    @Test
    void saysThatItDidNotCaptureARowWithoutItsKey() {
        session.run(
                "CREATE TABLE r (code text NOT NULL)",
                "CREATE UNIQUE INDEX i ON r (code)",
                "SELECT cdc.track('r', 'i')");
        try (Session writer = database.session()) {
            writer.run("BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT 1");
            session.run("ALTER TABLE r ALTER code DROP NOT NULL");
            writer.run("INSERT INTO r VALUES ('a'), (NULL)", "COMMIT");
        }

        assertThat(session.rows("SELECT op FROM cdc.change_log ORDER BY id")).contains("x");
        assertThat(session.rows("SELECT table_name FROM cdc.outdated()")).containsExactly("r");
        assertThat(session.failure("SELECT cdc.track('r')").getMessage()).contains("does not identify every row");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"cdc.tracked_table", "cdc.change_log_0", "pg_catalog.pg_class", "information_schema.sql_features"
            })
    void refusesSystemTables(String table) {
        assertThat(session.failure("SELECT cdc.track('%s')".formatted(table)).getSQLState())
                .isEqualTo("TM002");
    }

    @Test
    void refusesATableThatIsGone() {
        assertThat(session.failure("SELECT cdc.track(1::oid)").getSQLState()).isEqualTo("TM002");
    }

    @Test
    void doesNothingAndTakesNoLockIfNothingChanged() {
        session.run("CREATE TABLE t (id int PRIMARY KEY)");
        session.track("t");
        String before = session.value(
                "SELECT p.xmin, t.xmin, tracked_at FROM pg_proc p, cdc.tracked_table t WHERE proname = 'capture_1'");

        session.run("BEGIN");
        session.track("t");
        assertThat(
                        session.rows(
                                "SELECT mode FROM pg_locks WHERE pid = pg_backend_pid() AND (relation = 't'::regclass OR locktype = 'advisory') AND mode <> 'AccessShareLock'"))
                .isEmpty();
        session.run("COMMIT");

        assertThat(
                        session.value(
                                "SELECT p.xmin, t.xmin, tracked_at FROM pg_proc p, cdc.tracked_table t WHERE proname = 'capture_1'"))
                .isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALTER TABLE t ADD COLUMN a int DEFAULT 7",
                "ALTER TABLE t ALTER v TYPE text USING v || '!'",
                "ALTER TABLE t DISABLE TRIGGER ALL",
                "SELECT cdc.untrack('t')"
            })
    void notesUpToWhereTheLogSaysNothingOfTheRowsAsTheyAreNow(String change) {
        session.run("CREATE TABLE t (id int PRIMARY KEY, v int)");
        session.track("t");
        session.run("INSERT INTO t VALUES (1)");
        String unfit =
                "SELECT count(*) FROM cdc.change_log l, cdc.tracked_table t WHERE l.id <= t.unchanged_from AND l.op <> 's'";
        session.track("t");
        assertThat(session.value(unfit)).isEqualTo("0");
        session.run(change);
        session.track("t");
        session.run("INSERT INTO t VALUES (2)", "UPDATE cdc.tracked_table SET copy_at = now()");
        assertThat(session.value(unfit)).isEqualTo("1");
    }

    @Test
    void replacesOnlyTheFunctionWhenOnlyTheShapeChanged() {
        session.run("CREATE TABLE t (id int PRIMARY KEY)");
        session.track("t");
        session.run("ALTER TABLE t ADD COLUMN a int[]");

        session.run("BEGIN");
        session.track("t");
        assertThat(
                        session.rows(
                                "SELECT mode FROM pg_locks WHERE pid = pg_backend_pid() AND relation = 't'::regclass AND mode <> 'AccessShareLock'"))
                .isEmpty();
        session.run("COMMIT");
        assertThat(session.value("SELECT cdc.row_expression(relation) FROM cdc.tracked_table"))
                .contains("t.a::text AS a");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DROP TRIGGER zz_cdc_delete ON t",
                "ALTER TABLE t DISABLE TRIGGER zz_cdc_update",
                "ALTER TABLE t DISABLE TRIGGER ALL",
                "DROP FUNCTION cdc.capture_1 CASCADE"
            })
    void repairsWhatWasTakenAway(String damage) {
        session.run("CREATE TABLE t (id int PRIMARY KEY, v int)");
        session.track("t");
        session.run(damage);

        assertThat(session.track("t")).isEqualTo(1);

        session.run("INSERT INTO t VALUES (1)", "UPDATE t SET v = 1", "DELETE FROM t", "TRUNCATE t");
        assertThat(session.value("SELECT string_agg(op::text, '' ORDER BY id) FROM cdc.change_log"))
                .isEqualTo("cudt");
    }

    @Test
    void capturesOnceWhenManyTrackAtOnce() {
        session.run("CREATE TABLE t (id int PRIMARY KEY)", "CREATE TABLE u (id int PRIMARY KEY)");
        List<CompletableFuture<Integer>> calls = IntStream.range(0, 12)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> {
                    try (Session other = database.session()) {
                        return other.track(i % 3 == 0 ? "u" : "t");
                    }
                }))
                .toList();

        assertThat(calls.stream().map(CompletableFuture::join)).hasSize(12);
        assertThat(
                        session.rows(
                                "SELECT tgrelid::regclass, count(*) FROM pg_trigger WHERE tgname LIKE 'zz_cdc%' GROUP BY 1 ORDER BY 1"))
                .containsExactly("t|6", "u|6");
    }

    @Test
    void leavesTheLengthOfTheWaitToTheCaller() {
        session.run("CREATE TABLE t (id int PRIMARY KEY)", "BEGIN", "INSERT INTO t VALUES (1)");
        try (Session other = database.session()) {
            other.run("SET lock_timeout = '100ms'");
            assertThat(other.failure("SELECT cdc.track('t')").getSQLState()).isEqualTo("55P03");
            session.run("COMMIT");
            assertThat(other.track("t")).isPositive();
        }
    }

    @Test
    void untracksAndTracksUnderTheSameId() {
        session.run("CREATE TABLE t (id int PRIMARY KEY)");
        int id = session.track("t");
        session.run("SELECT cdc.untrack('t')", "SELECT cdc.untrack('t')", "INSERT INTO t VALUES (1)");
        assertThat(session.value("SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'zz_cdc%'"))
                .isEqualTo("0");
        assertThat(
                        session.value(
                                "SELECT count(*) FROM pg_proc WHERE proname LIKE 'capture\\_%' AND prorettype = 'trigger'::regtype"))
                .isEqualTo("0");
        assertThat(session.value("SELECT active FROM cdc.tracked_table")).isEqualTo("f");

        assertThat(session.track("t")).isEqualTo(id);
        session.run("INSERT INTO t VALUES (2)");
        assertThat(session.value("SELECT string_agg(key->>'id', ',') FROM cdc.change_log"))
                .isEqualTo("2");
        assertThat(session.value("SELECT active FROM cdc.tracked_table")).isEqualTo("t");
    }

    @Test
    void untracksATableThatIsGone() {
        session.run("CREATE TABLE t (id int PRIMARY KEY)");
        session.track("t");
        session.run("DROP TABLE t", "SELECT cdc.untrack(relation) FROM cdc.tracked_table");

        assertThat(session.value("SELECT active FROM cdc.tracked_table")).isEqualTo("f");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "t",
                "n",
                "s",
                "r",
                "key",
                "data",
                "settings",
                "tg_op",
                "old_t",
                "select",
                "a.b",
                "it's",
                "sa\"id",
                "$f$",
                "$plpgsql$",
                "%s %L %1$I",
                "back\\slash",
                "new\nline\r--",
                "{json}",
                "ünïcödé",
                "sixty_characters_sixty_characters_sixty_characters_sixty_char",
                "; DROP TABLE x; --"
            })
    void survivesNames(String name) {
        String quoted = '"' + name.replace("\"", "\"\"") + '"';
        String table = quoted + "." + quoted;
        for (String column : List.of("int", "text[]")) {
            session.run(
                    "DROP SCHEMA IF EXISTS %s CASCADE".formatted(quoted),
                    "CREATE SCHEMA " + quoted,
                    "CREATE TABLE %s (%s int, \"%2$s\" %s, PRIMARY KEY (%2$s))"
                            .replace("\"%2$s\"", "\"another %% \"")
                            .formatted(table, quoted, column));
            Replay replay = Replay.track(session, table);

            session.run(
                    "INSERT INTO %s (%s) SELECT generate_series(1, 5)".formatted(table, quoted),
                    "UPDATE %s SET %s = %2$s + 10 WHERE %2$s < 3".formatted(table, quoted),
                    "DELETE FROM %s WHERE %s = 5".formatted(table, quoted));
            replay.assertInSync();
            session.run("ALTER TABLE %s ADD COLUMN x int".formatted(table), "UPDATE %s SET x = 1".formatted(table));
            replay.assertInSync();
        }
        assertThat(session.value("SELECT key FROM cdc.change_log LIMIT 1"))
                .isEqualTo(session.value("SELECT json_build_object('%s', 1)".formatted(name.replace("'", "''"))));
    }
}
