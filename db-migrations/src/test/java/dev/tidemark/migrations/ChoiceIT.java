package dev.tidemark.migrations;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Only what is chosen of a table gets into the log. Values that may not be there begin with SECRET. */
class ChoiceIT {

    private static final String KEY = "an example of a key for hashes";

    /** With rows, and all ways in which a column may be left out. */
    private static final String CHOICE =
            "{\"columns\": {\"exclude\": [\"ssn\"], \"mask\": [\"mail\", \"born\"], \"hash\": [\"card\"]}, \"rows\": \"shared OR id > 1000\"}";

    private final TestDatabase database = TestDatabase.source();
    private final Session session = database.session();

    @BeforeEach
    void createTable() {
        session.run(
                "SELECT cdc.set_hash_key('%s')".formatted(KEY),
                "CREATE TABLE people (id int PRIMARY KEY, name text, ssn text DEFAULT 'SECRET', mail varchar(3), born date, card text, shared boolean NOT NULL DEFAULT true, n int DEFAULT 0)",
                "INSERT INTO people (id, name, card, shared) SELECT i, CASE WHEN i % 3 > 0 THEN 'p' ELSE 'SECRET' END, 'SECRET', i % 3 > 0 FROM generate_series(1, 30) i");
    }

    @AfterEach
    void nothingHasGotOut() {
        assertThat(session.rows("SELECT op, key, data FROM cdc.change_log WHERE concat(key, data) LIKE '%SECRET%'"))
                .isEmpty();
        session.close();
    }

    private Replay choose(String table, String options) {
        session.run("SELECT cdc.choose('%s', '%s')".formatted(table, options.replace("'", "''")));
        return Replay.track(session, table);
    }

    private List<String> log() {
        return session.rows("SELECT op, key, data FROM cdc.change_log WHERE op <> 's' ORDER BY id");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO people (id, name, shared) VALUES (31, 'p', true), (32, 'SECRET', false), (1001, 'p', false)",
                "INSERT INTO people (id, name, ssn, shared) VALUES (1, 'p', 'SECRET 2', true), (3, 'SECRET', 'SECRET', false), (31, 'p', 'SECRET', true) ON CONFLICT (id) DO UPDATE SET n = 1, ssn = excluded.ssn",
                "UPDATE people SET n = n + 1, ssn = 'SECRET' || n",
                "UPDATE people SET shared = NOT shared, name = CASE WHEN shared THEN 'SECRET' ELSE 'p' END",
                "UPDATE people SET id = id + 1000, name = 'p'",
                "UPDATE people SET id = id + 100, shared = NOT shared, name = CASE WHEN shared THEN 'SECRET' ELSE 'p' END",
                "UPDATE people SET id = 3001 - id, name = 'p'",
                "DELETE FROM people WHERE id < 20",
                "DELETE FROM people",
                "TRUNCATE people",
                "WITH gone AS (DELETE FROM people WHERE id < 10 RETURNING *) INSERT INTO people (id, name, shared) SELECT id + 50, 'SECRET', false FROM gone",
                "ALTER TABLE people ADD COLUMN extra int[] DEFAULT '{1}'; UPDATE people SET n = 2; DELETE FROM people WHERE id < 5",
                "ALTER TABLE people RENAME ssn TO open; UPDATE people SET open = 'SECRET 2', n = 3; SELECT cdc.track('people'); UPDATE people SET n = 4; DELETE FROM people WHERE id < 5",
                "ALTER TABLE people DROP ssn, DROP card, DROP born; UPDATE people SET n = 5; SELECT cdc.track('people'); UPDATE people SET n = 6",
                "ALTER TABLE people DROP ssn; ALTER TABLE people ADD ssn text DEFAULT 'SECRET'; UPDATE people SET n = 7; SELECT cdc.track('people'); UPDATE people SET n = 8",
                "ALTER TABLE people ALTER ssn DROP DEFAULT, ALTER ssn TYPE text[] USING ARRAY[ssn], ALTER card TYPE text[] USING ARRAY[card]; UPDATE people SET n = 9"
            })
    void everyStatementIsCapturedAsItWasChosen(String statement) {
        Replay people = choose("public.people", CHOICE);
        Stream.of(statement.split("; ")).forEach(session::run);
        people.assertInSync();
        session.run("UPDATE people SET n = -1");
        people.assertInSync();
    }

    @Test
    void rowsComeAndGoWithTheConditionAndOfOthersNotEvenTheKeyIsTold() {
        choose("public.people", "{\"columns\": {\"include\": [\"n\"]}, \"rows\": \"shared\"}");
        session.run(
                "UPDATE people SET n = 1 WHERE id IN (1, 3)",
                "UPDATE people SET shared = false WHERE id = 1",
                "UPDATE people SET shared = true WHERE id = 3",
                "UPDATE people SET id = 33 WHERE id = 3",
                "UPDATE people SET id = 36 WHERE id = 6",
                "UPDATE people SET id = 9999, shared = false WHERE id = 2",
                "DELETE FROM people WHERE id IN (33, 36)",
                "INSERT INTO people (id, shared) VALUES (40, true), (41, false)");
        assertThat(log())
                .containsExactly(
                        "u|{\"id\" : 1}|{\"id\":1,\"n\":1}",
                        "d|{\"id\" : 1}|{\"id\":1,\"n\":1}",
                        "u|{\"id\" : 3}|{\"id\":3,\"n\":1}",
                        "d|{\"id\" : 3}|{\"id\":3,\"n\":1}",
                        "u|{\"id\" : 33}|{\"id\":33,\"n\":1}",
                        "d|{\"id\" : 2}|{\"id\":2,\"n\":0}",
                        "d|{\"id\" : 33}|{\"id\":33,\"n\":1}",
                        "c|{\"id\" : 40}|{\"id\":40,\"n\":0}");
    }

    @Test
    void masksAndHashesHideTheValue() {
        session.run("ALTER TABLE people ADD c char(2), ADD v varchar, ADD q \"char\", ADD i int, ADD t timestamptz");
        choose(
                "public.people",
                "{\"columns\": {\"include\": [\"mail\",\"c\",\"v\",\"q\",\"born\",\"card\",\"i\",\"t\"], \"mask\": [\"mail\",\"c\",\"v\",\"q\",\"born\"], \"hash\": [\"card\",\"i\",\"t\"]}}");
        session.run(
                "SET DateStyle = 'ISO, DMY'; SET TimeZone = 'Asia/Tokyo'",
                "INSERT INTO people (id, card, i, t) VALUES (31, NULL, 7, '2024-02-03 00:00:00+00'), (32, '', NULL, NULL)");

        assertThat(log())
                .containsExactly(
                        "c|{\"id\" : 31}|{\"id\":31,\"mail\":\"***\",\"born\":null,\"card\":null,\"c\":\"**\",\"v\":\"****\",\"q\":\"*\",\"i\":\"%s\",\"t\":\"%s\"}"
                                .formatted(hash("7"), hash("2024-02-03 00:00:00+00")),
                        "c|{\"id\" : 32}|{\"id\":32,\"mail\":\"***\",\"born\":null,\"card\":\"%s\",\"c\":\"**\",\"v\":\"****\",\"q\":\"*\",\"i\":null,\"t\":null}"
                                .formatted(hash("")));
    }

    private String hash(String value) {
        return session.value("SELECT cdc.hash('%s')".formatted(value));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Jefe                                                                                            | what do ya want for nothing?
            short                                                                                           | ünïcödé
            a key of exactly sixty-four bytes, which is the size of one block.                              | x
            a key that has more bytes than the block of SHA-256, so that its own hash takes its place there | x
            """)
    void hashesAreHmacSha256(String key, String value) throws Exception {
        session.run("SELECT cdc.set_hash_key('%s')".formatted(key));
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key.getBytes(UTF_8), "HmacSHA256"));
        assertThat(hash(value)).isEqualTo(HexFormat.of().formatHex(mac.doFinal(value.getBytes(UTF_8))));
    }

    @Test
    void anotherKeyForHashesCapturesTheirTablesAnew() {
        choose("public.people", "{\"columns\": {\"hash\": [\"ssn\", \"card\", \"name\"]}}");
        session.run("CREATE TABLE other (id int PRIMARY KEY)");
        session.track("other");
        String tracked = "SELECT tracked_at FROM cdc.tracked_table WHERE table_name = '%s'";
        String people = session.value(tracked.formatted("people"));
        String other = session.value(tracked.formatted("other"));
        assertThat(session.value("SELECT cdc.set_hash_key('%s')".formatted(KEY)))
                .isEqualTo("f");
        assertThat(session.value(tracked.formatted("people"))).isEqualTo(people);

        try (Session writer = database.session()) {
            writer.run("BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT 1");
            assertThat(session.value("SELECT cdc.set_hash_key('another key for hashes')"))
                    .isEqualTo("t");
            writer.run("UPDATE people SET n = 1 WHERE id = 1", "COMMIT", "UPDATE people SET n = 1 WHERE id = 2");
        }

        assertThat(session.value(tracked.formatted("people"))).isNotEqualTo(people);
        assertThat(session.value(tracked.formatted("other"))).isEqualTo(other);
        assertThat(session.rows("SELECT op, data->>'card' FROM cdc.change_log WHERE op <> 's' ORDER BY id"))
                .as("the old snapshot knows the old key only")
                .containsExactly("x|null", "u|" + hash("SECRET"));
    }

    @Test
    void aNewColumnStaysOutOrComesInAsItWasChosen() {
        choose("public.people", "{\"columns\": {\"include\": [\"n\"]}}");
        session.run("CREATE TABLE rest (id int PRIMARY KEY, a text)");
        choose("public.rest", "{\"columns\": {\"exclude\": [\"a\"]}}");
        for (String table : List.of("people", "rest")) {
            session.run(
                    "ALTER TABLE %s ADD z int DEFAULT 5".formatted(table),
                    "INSERT INTO %s (id) VALUES (50)".formatted(table),
                    "SELECT cdc.track('%s')".formatted(table),
                    "INSERT INTO %s (id) VALUES (51)".formatted(table));
        }
        assertThat(session.rows("SELECT data FROM cdc.change_log WHERE op <> 's' ORDER BY id"))
                .containsExactly(
                        "{\"id\":50,\"n\":0}", "{\"id\":51,\"n\":0}", "{\"id\":50,\"z\":5}", "{\"id\":51,\"z\":5}");
    }

    /** The columns have the same names, types and order as before, but the second one is the one that was excluded. */
    @Test
    void columnsThatChangePlacesTakeTheirTreatmentAlong() {
        session.run("CREATE TABLE t (id int PRIMARY KEY, a text, secret text)");
        choose("public.t", "{\"columns\": {\"exclude\": [\"secret\"]}}");
        session.run("INSERT INTO t VALUES (1, 'a', 'SECRET')");
        try (Session writer = database.session()) {
            writer.run("BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT 1");
            session.run(
                    "BEGIN",
                    "ALTER TABLE t DROP a",
                    "ALTER TABLE t RENAME secret TO a",
                    "ALTER TABLE t ADD secret text DEFAULT 'b'",
                    "COMMIT");
            writer.run("UPDATE t SET secret = 'c'", "COMMIT", "UPDATE t SET secret = 'd'");
        }
        session.run("SELECT cdc.track('t')", "UPDATE t SET secret = 'e'");

        assertThat(session.rows("SELECT op, data FROM cdc.change_log WHERE op <> 's' ORDER BY id"))
                .containsExactly("c|{\"id\":1,\"a\":\"a\"}", "x|null", "u|{\"id\":1}", "u|{\"id\":1}");
    }

    @Test
    void aTransactionThatCannotSeeTheChoiceSaysThatItDidNotCapture() {
        session.run("CREATE TABLE t (id int PRIMARY KEY, secret text)");
        session.track("t");
        try (Session writer = database.session()) {
            writer.run("INSERT INTO t VALUES (1)", "BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT 1");
            choose("public.t", "{\"columns\": {\"exclude\": [\"secret\"]}}");
            session.run("ALTER TABLE t ADD x int");
            writer.run("UPDATE t SET secret = 'SECRET'", "COMMIT", "UPDATE t SET x = 1");
        }
        assertThat(session.rows("SELECT op, data FROM cdc.change_log WHERE op <> 's' ORDER BY id"))
                .containsExactly("c|{\"id\":1,\"secret\":null}", "x|null", "u|{\"id\":1,\"x\":1}");
    }

    @Test
    void whatIsBeingWrittenAsBeforeIsWaitedFor() {
        session.track("people");
        try (Session writer = database.session()) {
            writer.run("BEGIN", "INSERT INTO people (id, ssn) VALUES (50, 'told before')");
            session.run("SET lock_timeout = '100ms'");
            assertThat(session.failure("SELECT cdc.choose('people', '{\"columns\": {\"exclude\": [\"ssn\"]}}')")
                            .getSQLState())
                    .isEqualTo("55P03");
            writer.run("COMMIT");
        }
        String before = session.value("SELECT tracked_at FROM cdc.tracked_table");
        session.run("TRUNCATE cdc.change_log");
        choose("public.people", "{\"columns\": {\"exclude\": [\"ssn\"]}}");
        assertThat(session.value("SELECT tracked_at FROM cdc.tracked_table")).isNotEqualTo(before);
    }

    @Test
    void theSameChoiceChangesNothing() {
        choose("public.people", CHOICE);
        String state =
                "SELECT p.xmin, t.xmin, c.xmin FROM pg_proc p, cdc.tracked_table t, cdc.capture_choice c WHERE proname = 'capture_1'";
        String before = session.value(state);
        session.run("ALTER TABLE people DROP ssn");
        session.track("people");
        String altered = session.value(state);
        choose(
                "public.people",
                CHOICE.replace("[\"mail\", \"born\"]", "[\"born\", \"mail\", \"born\"], \"include\": null"));

        assertThat(session.value(state)).isEqualTo(altered).isNotEqualTo(before);
    }

    @Test
    void allIsCapturedAgainIfThatIsChosen() {
        session.run("CREATE TABLE t (id int PRIMARY KEY, v text)");
        choose("public.t", "{\"columns\": {\"exclude\": [\"v\"]}}");
        choose("public.t", "{}");
        session.run("INSERT INTO t VALUES (1, 'v')");
        assertThat(log()).containsExactly("c|{\"id\" : 1}|{\"id\":1,\"v\":\"v\"}");
        assertThat(session.value("SELECT count(*) FROM cdc.capture_choice")).isEqualTo("0");
    }

    @Test
    void aTableThatTakesTheNameIsRefusedUntilItIsChosenToo() {
        choose("public.people", CHOICE);
        session.run(
                "CREATE TABLE fresh (LIKE people INCLUDING ALL)",
                "ALTER TABLE people RENAME TO old_people",
                "ALTER TABLE fresh RENAME TO people");
        assertThat(session.failure("SELECT cdc.track('people')").getServerErrorMessage())
                .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("TM008"))
                .satisfies(e -> assertThat(e.getHint()).contains("SELECT cdc.choose('public.people', '{"));

        Replay people = choose("public.people", CHOICE);
        session.run("INSERT INTO people (id, card) VALUES (1, 'SECRET')");
        people.assertInSync();
        session.run("INSERT INTO old_people (id, card) VALUES (50, 'SECRET')", "DROP TABLE people, old_people");
        createTable();
        assertThat(session.failure("SELECT cdc.track('people')").getSQLState()).isEqualTo("TM008");
        choose("public.people", "{}");
        session.run("INSERT INTO people (id, name, ssn) VALUES (50, 'p', 's')");
        assertThat(log()).last().asString().contains("\"ssn\":\"s\"");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            null                                                        | the options have to be an object
            []                                                          | the options have to be an object
            "x"                                                         | the options have to be an object
            {"colums": {}}                                              | there is no option 'colums'
            {"columns": []}                                             | columns has to be an object
            {"columns": {"excluded": ["ssn"]}}                          | columns has no list 'excluded'
            {"columns": {"exclude": "ssn"}}                             | columns.exclude has to be a list of names
            {"columns": {"exclude": [1]}}                               | columns.exclude has to be a list of names
            {"columns": {"exclude": [null]}}                            | columns.exclude has to be a list of names
            {"columns": {"exclude": ["SSN", "ssn"]}}                    | it has no column 'SSN'
            {"columns": {"exclude": ["\\"ssn\\""]}}                     | it has no column '"ssn"'
            {"columns": {"mask": ["ctid"]}}                             | it has no column 'ctid'
            {"columns": {"exclude": ["ssn"], "mask": ["ssn"]}}          | what is to become of 'ssn' is not clear
            {"columns": {"include": ["n"], "hash": ["ssn"]}}            | what is to become of 'ssn' is not clear
            {"columns": {"include": ["n"], "exclude": ["ssn"]}}         | columns to include are all that are captured
            {"columns": {"include": []}}                                | columns to include are all that are captured
            {"columns": {"exclude": ["id"]}}                            | id belongs to its key
            {"columns": {"mask": ["id"]}}                               | id belongs to its key
            {"columns": {"hash": ["id"]}}                               | id belongs to its key
            {"columns": {"mask": ["shared"]}}                           | the mask of shared would be NULL
            {"rows": ""}                                                | rows has to be a condition
            {"rows": true}                                              | rows has to be a condition
            """)
    void refusesOptionsThatMakeNoSense(String options, String message) {
        var e = session.failure("SELECT cdc.choose('people', '%s')".formatted(options.replace("'", "''")));
        assertThat(e.getSQLState()).isEqualTo("TM008");
        assertThat(e.getServerErrorMessage().getMessage())
                .startsWith("public.people cannot be captured so: ")
                .contains(message);
        assertThat(e.getServerErrorMessage().getHint()).isNotBlank();
        assertThat(session.value("SELECT count(*) FROM cdc.capture_choice, cdc.tracked_table"))
                .isEqualTo("0");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            n                                                | must be type boolean
            nn > 1                                           | column "nn" does not exist
            n > 1; DROP TABLE people                         | syntax error
            n > 1); DROP TABLE people; SELECT (1              | multi-query
            n > 1) OR (true                                  | -
            (n > 1                                           | syntax error
            n > 1 /*                                         | unterminated
            n > 1 --                                         | -
            n > $1                                           | there is no parameter
            n > 'a                                           | unterminated
            n > $$1                                          | unterminated
            t.n > 1                                          | missing FROM-clause entry for table "t"
            people.n > 1                                     | people
            true) UNION SELECT FROM public.people WHERE (true | syntax error
            EXISTS (SELECT FROM public.people)               | subquery
            id = ANY (SELECT 1)                              | subquery
            count(*) > 0                                     | aggregate
            row_number() OVER () > 1                         | window
            generate_series(1, n) > 1                        | set-returning
            born > now()                                     | IMMUTABLE
            born::text > ''                                  | IMMUTABLE
            random() > 0.5                                   | IMMUTABLE
            name > current_user                              | IMMUTABLE
            current_query() > ''                             | IMMUTABLE
            xmin::text > ''                                  | system columns
            ctid IS NOT NULL                                 | system columns
            1 / 0 > n                                        | it fails (SQLSTATE 22012)
            n = table_to_xml('cdc.hash_key', true, false, '')::text::int | it fails (SQLSTATE 22P02)
            tg_op = 'INSERT'                                 | tg_op
            settings IS NULL                                 | settings
            new.n > 1                                        | new
            """)
    void refusesConditionsThatAreNone(String condition, String message) {
        String choose = "SELECT cdc.choose('people', jsonb_build_object('rows', $condition$%s$condition$))"
                .formatted(condition);
        if (message.equals("-")) {
            session.run(choose);
            return;
        }
        var e = session.failure(choose);
        assertThat(e.getSQLState()).isEqualTo("TM008");
        assertThat(e.getServerErrorMessage().getMessage())
                .contains("the condition for its rows is not one: ")
                .contains(message);
        assertThat(session.rows("SELECT relname FROM pg_class WHERE relname LIKE 'condition_probe%'"))
                .isEmpty();
    }

    /** Closing parentheses and comments change nothing of what PostgreSQL has understood. */
    @ParameterizedTest
    @ValueSource(strings = {"n > 5) OR (n = 1", "n > 5 OR n = 1 -- or", "n = 1 OR /* ) */ n > 5"})
    void aConditionMeansTheSameWhereverItStands(String condition) {
        Replay people = choose("public.people", "{\"rows\": \"%s\"}".formatted(condition));
        session.run(
                "UPDATE people SET n = 1, name = 'p', ssn = '', card = '' WHERE id = 1",
                "UPDATE people SET n = 7, name = 'p', ssn = '', card = '' WHERE id = 2");
        people.assertInSync();
        assertThat(session.value("SELECT string_agg(op::text, '' ORDER BY id) FROM cdc.change_log WHERE op <> 's'"))
                .isEqualTo("uu");
    }

    @Test
    void literalsOfAConditionMeanTheSameWhateverTheWritersSettings() {
        session.run("SET DateStyle = 'ISO, DMY'; SET TimeZone = 'Asia/Tokyo'");
        Replay people = choose(
                "public.people",
                "{\"columns\": {\"include\": [\"n\", \"born\"]}, \"rows\": \"born >= '2024-03-02' OR n = ANY ('{7,8}')\"}");
        session.run(
                "SET DateStyle = 'ISO, MDY'; SET IntervalStyle = sql_standard",
                "UPDATE people SET born = '2024-02-03'::date + id");
        people.assertInSync();
        assertThat(session.value("SELECT count(*) FROM cdc.change_log WHERE op <> 's'"))
                .isEqualTo("3");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "key",
                "data",
                "n",
                "t",
                "s",
                "settings",
                "tg_op",
                "old_t",
                "new",
                "Sel\"ect",
                "$plpgsql$",
                "it's %s\\"
            })
    void conditionsMayNameAnyColumn(String name) {
        String column = '"' + name.replace("\"", "\"\"") + '"';
        session.run("CREATE TABLE odd (id int PRIMARY KEY, %s int)".formatted(column));
        session.run("SELECT cdc.choose('odd', jsonb_build_object('rows', $x$%s > 0$x$))".formatted(column));
        Replay odd = Replay.track(session, "public.odd");
        session.run(
                "INSERT INTO odd VALUES (1, 1), (2, 0), (3, 1)",
                "UPDATE odd SET %s = 1 - %s".formatted(column, column),
                "DELETE FROM odd WHERE id > 1");
        odd.assertInSync();
        assertThat(session.value("SELECT string_agg(op::text, '' ORDER BY id) FROM cdc.change_log WHERE op <> 's'"))
                .isEqualTo("ccddud");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO people (id, n) VALUES (50, 0)",
                "UPDATE people SET n = 0 WHERE id = 1",
                "UPDATE people SET n = 2",
                "DELETE FROM people WHERE id = 2"
            })
    void aConditionThatFailsNeverFailsAWriter(String statement) {
        session.run("UPDATE people SET n = 1, ssn = '', card = '', name = ''", "UPDATE people SET n = 0 WHERE id = 2");
        session.run("SELECT cdc.choose('people', '{\"rows\": \"10 / n > 1\"}')", "TRUNCATE cdc.change_log", statement);
        assertThat(log()).containsExactly("x|null|null");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALTER TABLE people RENAME shared TO other; ALTER TABLE people ADD shared boolean DEFAULT true",
                "ALTER TABLE people DROP shared",
                "ALTER TABLE people ALTER shared DROP DEFAULT, ALTER shared TYPE int USING shared::int"
            })
    void aConditionThatFitsTheTableNoLongerIsSaid(String change) {
        choose("public.people", CHOICE);
        Stream.of(change.split("; ")).forEach(session::run);
        session.run("UPDATE people SET n = 1");

        assertThat(log()).containsExactly("x|null|null");
        assertThat(session.rows("SELECT table_name FROM cdc.outdated()")).containsExactly("people");
        assertThat(session.failure("SELECT cdc.track('people')").getSQLState()).isEqualTo("TM008");
        assertThat(session.failure("SELECT cdc.choose('people', '%s')".formatted(CHOICE))
                        .getSQLState())
                .isEqualTo("TM008");
    }

    /** In the words of the choice, but of what the table's owner has made since: it would run with the rights of whoever may choose. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            kind = 'EU'            | CREATE TYPE alice.reg AS ENUM ('EU', 'US'); CREATE FUNCTION alice.evil(alice.reg) RETURNS text LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'evil'; END$$; CREATE CAST (alice.reg AS text) WITH FUNCTION alice.evil AS IMPLICIT; ALTER TABLE alice.t ALTER kind TYPE alice.reg USING 'EU'
            st = 'open'::alice.st  | ALTER TYPE alice.st RENAME TO old_st; CREATE FUNCTION alice.evil(text) RETURNS boolean LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'evil'; END$$; CREATE DOMAIN alice.st AS text CHECK (alice.evil(VALUE))
            kind = 'EU'            | ALTER TABLE alice.t DROP kind; ALTER TABLE alice.t ADD kind text DEFAULT 'EU'
            """)
    void aConditionIsNotParsedOverOtherTypesThanItWasChosenFor(String condition, String change) {
        String role = TestDatabase.role("alice");
        session.run(
                "CREATE SCHEMA alice AUTHORIZATION " + role,
                "SET ROLE " + role,
                "CREATE TYPE alice.st AS ENUM ('open', 'shut')",
                "CREATE TABLE alice.t (id int PRIMARY KEY, kind text, st alice.st, v int)",
                "INSERT INTO alice.t VALUES (1, 'EU', 'open')",
                "RESET ROLE");
        session.run("SELECT cdc.choose('alice.t', jsonb_build_object('rows', $x$%s$x$))".formatted(condition));
        try (Session alice = database.session(role)) {
            Stream.of(change.split("; (?!END)")).forEach(alice::run);
            alice.run("UPDATE alice.t SET v = 1");
        }
        assertThat(log()).containsExactly("x|null|null");
        assertThat(session.failure("SELECT cdc.row_condition('alice.t')").getSQLState())
                .isEqualTo("TM008");
        assertThat(session.failure("SELECT cdc.track('alice.t')").getMessage())
                .contains("the condition for its rows names");
        String anew = "SELECT cdc.choose('alice.t', jsonb_build_object('rows', $x$(%s)$x$))".formatted(condition);
        if (change.contains("evil")) {
            assertThat(session.failure(anew).getSQLState()).isEqualTo("TM008");
            assertThat(session.failure(anew).getMessage()).doesNotContain("ERROR: evil");
        } else {
            session.run(anew);
        }
    }

    @Test
    void aConditionMayNotRestOnWhatOthersCouldChange() {
        String role = TestDatabase.role("bob");
        session.run(
                "CREATE SCHEMA bob AUTHORIZATION " + role,
                "SET ROLE " + role,
                "CREATE FUNCTION bob.fine(int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true'",
                "RESET ROLE");
        assertThat(session.failure("SELECT cdc.choose('people', '{\"rows\": \"bob.fine(n)\"}')")
                        .getMessage())
                .contains("it depends on function bob.fine(integer), which its owner could change");
        session.run("ALTER FUNCTION bob.fine OWNER TO postgres");
        choose("public.people", "{\"columns\": {\"include\": [\"n\"]}, \"rows\": \"bob.fine(n)\"}");
    }

    @Test
    void operatorsAreThoseOfTheColumnsType() {
        session.run(
                "CREATE EXTENSION citext",
                "CREATE TABLE c (id int PRIMARY KEY, region citext)",
                "INSERT INTO c VALUES (1, 'eu'), (2, 'EU'), (3, 'us')");
        Replay c = choose("public.c", "{\"rows\": \"region <> 'EU'\"}");
        session.run("UPDATE c SET region = region", "INSERT INTO c VALUES (4, 'Eu'), (5, 'US')");
        c.assertInSync();
        assertThat(log())
                .containsExactly(
                        "u|{\"id\" : 3}|{\"id\":3,\"region\":\"us\"}", "c|{\"id\" : 5}|{\"id\":5,\"region\":\"US\"}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            name <> 'x\\'    | x\\\\
            name !~ '^\\d+$' | 456
            """)
    void aConditionMeansTheSameHoweverTheWriterWritesLiterals(String condition, String leftOut) {
        session.run(
                "CREATE TABLE l (id int PRIMARY KEY, name text, v int)",
                "INSERT INTO l VALUES (1, 'ddd'), (2, '456'), (3, E'x\\\\')");
        session.run("SELECT cdc.choose('l', jsonb_build_object('rows', $x$%s$x$))".formatted(condition));
        Replay l = Replay.track(session, "public.l");
        for (String change : List.of("SELECT", "ALTER TABLE l ADD w int")) {
            session.run(change);
            try (Session writer = database.session()) {
                writer.run("SET standard_conforming_strings = off", "UPDATE l SET v = 1");
            }
            l.assertInSync();
        }
        assertThat(log()).hasSize(4).noneMatch(row -> row.contains('"' + leftOut + '"'));
    }

    /** As pg_dump leaves it: with the same names, but other numbers. */
    @Test
    void aTableThatWasRestoredIsRefusedUntilItIsChosenAgain() {
        session.run(
                "CREATE TABLE emp (id int PRIMARY KEY, junk int, city text, ssn text)", "ALTER TABLE emp DROP junk");
        choose("public.emp", "{\"columns\": {\"include\": [\"city\"]}}");
        session.run(
                "CREATE TABLE restored (id int PRIMARY KEY, city text, ssn text)",
                "DROP TABLE emp",
                "ALTER TABLE restored RENAME TO emp",
                "UPDATE cdc.capture_choice SET relation = 'emp'",
                "UPDATE cdc.tracked_table SET relation = 'emp'");
        assertThat(session.failure("SELECT cdc.track('emp')").getSQLState()).isEqualTo("TM008");
        choose("public.emp", "{\"columns\": {\"include\": [\"city\"]}}");
        session.run("INSERT INTO emp VALUES (1, 'c', 'SECRET')");
        assertThat(log()).containsExactly("c|{\"id\" : 1}|{\"id\":1,\"city\":\"c\"}");
    }

    @Test
    void anotherKeyOfHashesLeavesTablesOutThatCannotBeTracked() {
        session.run("CREATE TABLE h (id int PRIMARY KEY, v text)");
        choose("public.h", "{\"columns\": {\"hash\": [\"v\"]}}");
        choose("public.people", CHOICE);
        session.run("DROP TABLE h", "SELECT cdc.set_hash_key('another key of hashes')");
        assertThat(session.rows("SELECT table_name FROM cdc.tracked_table WHERE active"))
                .containsExactly("people");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALTER TABLE people ALTER ssn TYPE varchar(20) USING 'SECRET 2'",
                "ALTER TABLE people ALTER card TYPE varchar(20) USING 'SECRET 2'"
            })
    void aNewCopyFollowsIfWhatIsLeftOutOrHashedWasRewritten(String change) {
        choose("public.people", "{\"columns\": {\"exclude\": [\"ssn\"], \"hash\": [\"card\"]}, \"rows\": \"shared\"}");
        session.run(change);
        session.track("people");
        assertThat(session.value("SELECT copy_at IS NOT NULL FROM cdc.tracked_table"))
                .isEqualTo("t");
    }

    @Test
    void theProducerIsToldOfAChoice() {
        String before = session.value("SELECT revision FROM cdc.control");
        choose("public.people", CHOICE);
        assertThat(session.value("SELECT revision FROM cdc.control")).isNotEqualTo(before);
    }

    @Test
    void aKeyThatIsLeftOutByNowIsSaid() {
        choose("public.people", "{\"columns\": {\"exclude\": [\"ssn\", \"card\"]}, \"rows\": \"shared\"}");
        session.run(
                "UPDATE people SET ssn = 'SECRET' || id",
                "ALTER TABLE people DROP CONSTRAINT people_pkey",
                "ALTER TABLE people ADD PRIMARY KEY (id, ssn)",
                "TRUNCATE cdc.change_log",
                "UPDATE people SET n = 1");
        assertThat(log()).containsExactly("x|null|null");
        assertThat(session.failure("SELECT cdc.track('people')").getMessage()).contains("ssn belongs to its key");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO sales VALUES (1, 1, 'a', 'SECRET'), (102, 0, 'SECRET', 'SECRET')",
                "INSERT INTO sales_2 (id, region, note, secret) VALUES (103, 1, 'a', 'SECRET'), (102, 0, 'SECRET', 'SECRET')",
                "UPDATE sales SET region = 1 - region, note = CASE region WHEN 1 THEN 'SECRET' ELSE 'n' END",
                "UPDATE sales SET id = (id + 100) % 200",
                "DELETE FROM sales_1",
                "TRUNCATE sales_1",
                "TRUNCATE sales",
                "ALTER TABLE sales ADD extra int; UPDATE sales SET extra = 1; TRUNCATE sales_2"
            })
    void holdsForPartitionsToo(String statement) {
        session.run(
                "CREATE TABLE sales (id int PRIMARY KEY, region int, note text, secret text) PARTITION BY RANGE (id)",
                "CREATE TABLE sales_1 PARTITION OF sales FOR VALUES FROM (0) TO (100)",
                "CREATE TABLE sales_2 PARTITION OF sales FOR VALUES FROM (100) TO (200)",
                "INSERT INTO sales SELECT i, i % 2, CASE i % 2 WHEN 1 THEN 'n' ELSE 'SECRET' END, 'SECRET' FROM generate_series(10, 199, 7) i");
        Replay sales = choose("public.sales", "{\"columns\": {\"exclude\": [\"secret\"]}, \"rows\": \"region = 1\"}");
        Stream.of(statement.split("; ")).forEach(session::run);
        sales.assertInSync();
    }

    @Test
    void virtualColumnsAreLeftOutAndNotNamedByConditions() {
        assumeTrue(session.serverVersion() >= 18);
        session.run(
                "CREATE TABLE g (id int PRIMARY KEY, a int, v int GENERATED ALWAYS AS (a * 2) VIRTUAL, w int GENERATED ALWAYS AS (a * 3) STORED)");
        assertThat(session.failure("SELECT cdc.choose('g', '{\"rows\": \"v > 1\"}')")
                        .getMessage())
                .contains("column \"v\" does not exist");
        Replay g = choose("public.g", "{\"columns\": {\"hash\": [\"v\"]}, \"rows\": \"w > 3\"}");
        session.run("INSERT INTO g VALUES (1, 1), (2, 2), (3, 3)", "UPDATE g SET a = 4 - a", "DELETE FROM g");
        g.assertInSync();
    }

    @Test
    void columnsThatCannotBeCarriedMayBeLeftOut() {
        session.run("CREATE TABLE f (code text NOT NULL, p regproc)", "CREATE UNIQUE INDEX f_code ON f (code)");
        assertThat(session.failure("SELECT cdc.track('f', 'f_code')").getSQLState())
                .isEqualTo("TM007");
        session.run(
                "SELECT cdc.choose('f', '{\"columns\": {\"exclude\": [\"p\"]}}', 'f_code')",
                "INSERT INTO f VALUES ('a')");
        assertThat(log()).containsExactly("c|{\"code\" : \"a\"}|{\"code\":\"a\"}");
    }

    @Test
    void theKeyOfTheHashesIsTheOwnersAlone() {
        String role = TestDatabase.role("reader");
        session.run("GRANT USAGE ON SCHEMA cdc TO " + role);
        try (Session reader = database.session(role)) {
            for (String sql : List.of(
                    "TABLE cdc.hash_key",
                    "TABLE cdc.capture_choice",
                    "SELECT cdc.hash('x')",
                    "SELECT cdc.set_hash_key('mine')",
                    "SELECT cdc.choose('people', '{}')")) {
                assertThat(reader.failure(sql).getSQLState()).as(sql).isEqualTo("42501");
            }
        }
    }

    @Test
    void writersNeedNoRightsForHashesAndConditions() {
        String role = TestDatabase.role("writer");
        session.run("GRANT SELECT, INSERT, UPDATE, DELETE ON people TO " + role);
        Replay people = choose("public.people", CHOICE);
        try (Session writer = database.session(role)) {
            writer.run("UPDATE people SET card = 'SECRET 3'", "DELETE FROM people WHERE id < 5");
        }
        people.assertInSync();
    }
}
