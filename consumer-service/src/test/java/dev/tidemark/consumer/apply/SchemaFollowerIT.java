package dev.tidemark.consumer.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.consumer.Events;
import dev.tidemark.consumer.apply.SinkProperties.SchemaPolicy;
import dev.tidemark.consumer.apply.SinkProperties.SoftDelete;
import dev.tidemark.consumer.apply.SinkProperties.Table;
import dev.tidemark.model.ChangeEvent;
import dev.tidemark.model.Marker;
import dev.tidemark.model.Marker.ChunkStart;
import dev.tidemark.model.Marker.ColumnType;
import dev.tidemark.model.Partitioning;
import dev.tidemark.model.TableId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** Tables of the destination follow those of the source, as it is wished for each. */
class SchemaFollowerIT {

    private static final String BY_ITSELF =
            "It goes on by itself as soon as somebody has run this at the destination: ";

    @RegisterExtension
    static final TestDestination destination = TestDestination.create();

    private final Events people = Events.of("people");
    private Targets targets;

    @BeforeEach
    void reset() {
        destination.execute(
                "DROP EVENT TRIGGER IF EXISTS altering",
                "DROP TABLE IF EXISTS people CASCADE",
                "DROP SCHEMA IF EXISTS crm CASCADE");
    }

    /** Columns as {@code number name type}, with an exclamation mark for NOT NULL and a star for the key. */
    private static List<ColumnType> columns(String columns) {
        List<ColumnType> list = new ArrayList<>();
        for (String column : columns.split("; *")) {
            String[] parts = column.strip().split(" ", 3);
            String type = parts[2].replaceAll("[!*=]", "").strip();
            boolean key = parts[2].contains("*");
            list.add(new ColumnType(
                    parts[1],
                    type,
                    key || parts[2].contains("!"),
                    parts[2].contains("="),
                    key ? 1 : 0,
                    Integer.parseInt(parts[0])));
        }
        return list;
    }

    private static Step change(long offset, long sequence, String before, String now) {
        return new Step.SchemaChange(
                offset,
                new Marker.SchemaChange(sequence, "public", "people", columns(before), columns(now)),
                Share.ALL);
    }

    private Batches batches(SchemaPolicy policy) {
        return batches(new Table(null, Map.of(), policy, null));
    }

    private Batches batches(Table table) {
        targets = new Targets(new SinkProperties(false, SchemaPolicy.WAIT, Map.of("public.people", table)));
        return new Batches(destination, destination.sink(targets, false), "t");
    }

    /** Every row of the semantics: what it takes at the destination under each policy; nothing is a dash. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', maxCharsPerColumn = 500, textBlock = """
            1 id integer*; 2 a text                     | 1 id integer*; 2 a text; 3 b integer             | id int PRIMARY KEY, a text                 | APPLY  | -
            1 id integer*; 2 a text                     | 1 id integer*; 2 a text; 3 b integer!            | id int PRIMARY KEY, a text                 | WAIT   | ADD COLUMN "b" integer
            1 id integer*; 2 a text                     | 1 id integer*; 2 a text; 3 b integer             | id int PRIMARY KEY, a text                 | IGNORE | -
            1 id integer*; 2 a text                     | 1 id integer*; 2 a text; 3 b integer             | id int PRIMARY KEY, a text, b bigint       | WAIT   | -
            1 id integer*; 2 a integer                  | 1 id integer*; 2 a bigint                        | id int PRIMARY KEY, a int                  | APPLY  | -
            1 id integer*; 2 a integer                  | 1 id integer*; 2 a bigint                        | id int PRIMARY KEY, a int                  | WAIT   | ALTER COLUMN "a" TYPE bigint
            1 id integer*; 2 a integer                  | 1 id integer*; 2 a bigint                        | id int PRIMARY KEY, a int                  | IGNORE | ALTER COLUMN "a" TYPE bigint
            1 id integer*; 2 a integer                  | 1 id integer*; 2 a bigint                        | id int PRIMARY KEY, a numeric              | WAIT   | -
            1 id integer*; 2 a integer                  | 1 id integer*; 2 a bigint                        | id int PRIMARY KEY, a text                 | WAIT   | -
            1 id integer*; 2 a smallint                 | 1 id integer*; 2 a bigint                        | id int PRIMARY KEY, a int                  | WAIT   | ALTER COLUMN "a" TYPE bigint
            1 id integer*; 2 a bigint                   | 1 id integer*; 2 a integer                       | id int PRIMARY KEY, a bigint               | WAIT   | -
            1 id integer*; 2 a integer                  | 1 id integer*; 2 a text                          | id int PRIMARY KEY, a int                  | APPLY  | ALTER COLUMN "a" TYPE text USING "a"::text
            1 id integer*; 2 a integer                  | 1 id integer*; 3 a text                          | id int PRIMARY KEY, a int                  | APPLY  | DROP COLUMN "a", ADD COLUMN "a" text
            1 id integer*; 2 a text                     | 1 id integer*; 2 b text                          | id int PRIMARY KEY, a text                 | APPLY  | RENAME COLUMN "a" TO "b"
            1 id integer*; 2 a text                     | 1 id integer*; 2 b text                          | id int PRIMARY KEY, a text                 | WAIT   | RENAME COLUMN "a" TO "b"
            1 id integer*; 2 a text                     | 1 id integer*; 2 b text                          | id int PRIMARY KEY, a text                 | IGNORE | -
            1 id integer*; 2 a text!                    | 1 id integer*; 2 b text!                         | id int PRIMARY KEY, a text NOT NULL        | IGNORE | ALTER COLUMN "a" DROP NOT NULL
            1 id integer*; 2 a text                     | 1 id integer*; 2 b text                          | id int PRIMARY KEY, a text, b text         | APPLY  | -
            1 id integer*; 2 a integer                  | 1 id integer*; 2 b bigint                        | id int PRIMARY KEY, a int                  | WAIT   | RENAME COLUMN "a" TO "b" & ALTER COLUMN "b" TYPE bigint
            1 id integer*; 2 a text; 3 b text           | 1 id integer*; 2 b text; 3 c text; 4 a integer   | id int PRIMARY KEY, a text, b text         | WAIT   | RENAME COLUMN "b" TO "c" & RENAME COLUMN "a" TO "b" & ADD COLUMN "a" integer
            1 id integer*; 2 a text; 3 b text           | 1 id integer*; 2 b text; 3 a text                | id int PRIMARY KEY, a text, b text         | WAIT   | -
            1 id integer*; 2 a text                     | 1 nr integer*; 2 a text                          | id int PRIMARY KEY, a text                 | IGNORE | RENAME COLUMN "id" TO "nr"
            1 id integer*; 2 a text                     | 1 id integer*                                    | id int PRIMARY KEY, a text                 | WAIT   | -
            1 id integer*; 2 a text!                    | 1 id integer*                                    | id int PRIMARY KEY, a text NOT NULL        | APPLY  | -
            1 id integer*; 2 a text!                    | 1 id integer*                                    | id int PRIMARY KEY, a text NOT NULL        | WAIT   | ALTER COLUMN "a" DROP NOT NULL
            1 id integer*; 2 a text!                    | 1 id integer*                                    | id int PRIMARY KEY, a text NOT NULL        | IGNORE | ALTER COLUMN "a" DROP NOT NULL
            1 a integer*; 2 id integer!                 | 2 id integer*                                    | a int PRIMARY KEY, id int UNIQUE           | APPLY  | DROP CONSTRAINT IF EXISTS "people_pkey", ALTER COLUMN "a" DROP NOT NULL
            1 id integer*; 2 a text!                    | 1 id integer*                                    | id int PRIMARY KEY, a text NOT NULL DEFAULT '' | WAIT | -
            1 id integer*; 2 a text!                    | 1 id integer*; 2 a text                          | id int PRIMARY KEY, a text NOT NULL        | APPLY  | -
            1 id integer*; 2 a text!                    | 1 id integer*; 2 a text                          | id int PRIMARY KEY, a text NOT NULL        | IGNORE | ALTER COLUMN "a" DROP NOT NULL
            1 id integer*; 2 a text                     | 1 id integer*; 2 a text!                         | id int PRIMARY KEY, a text                 | WAIT   | -
            1 id integer*; 2 a integer =                | 1 id integer*; 2 a integer                       | id int PRIMARY KEY, a int GENERATED ALWAYS AS (id) STORED | APPLY | -
            1 id integer*; 2 a integer =                | 1 id integer*; 2 a integer                       | id int PRIMARY KEY, a int GENERATED ALWAYS AS (id) STORED | WAIT  | ALTER COLUMN "a" DROP EXPRESSION
            1 id integer*; 2 a integer                  | 1 id integer*; 2 a bigint                        | id int PRIMARY KEY, a int GENERATED ALWAYS AS (id) STORED | WAIT  | -
            1 id integer*; 2 a character varying(3)     | 1 id integer*; 2 a character varying(5)          | id int PRIMARY KEY, a varchar(3)           | APPLY  | -
            """)
    void followAsItIsWishedForThem(String before, String now, String table, SchemaPolicy policy, String awaited) {
        destination.execute("CREATE TABLE people (" + table + ")");
        String key = columns(now).get(0).name();
        String row = "{'%s':1%s}".formatted(key, now.contains(" a ") ? ",'a':'7'" : "");
        Batches batches = batches(policy)
                .steps(change(0, 1, before, now))
                .changes(people.upsert(2, "{'%s':1}".formatted(key), row));

        assertFollowing(batches, awaited);
    }

    /** What comes is applied as soon as somebody has run what is awaited. */
    private static void assertFollowing(Batches batches, String awaited) {
        if (!awaited.equals("-")) {
            Problem problem = batches.applyAgain().problem();
            assertThat(problem.offset()).isZero();
            assertThat(problem.kind()).isEqualTo(ErrorKind.ENVIRONMENT);
            assertThat(problem.message()).contains("public.people");
            String statements = statements(problem);
            assertThat(statements)
                    .isEqualTo("ALTER TABLE \"public\".\"people\" "
                            + awaited.replace(" & ", "; ALTER TABLE \"public\".\"people\" "));
            destination.execute(statements);
        }
        Outcome outcome = batches.applyAgain();

        assertThat(outcome.problem()).isNull();
        assertThat(outcome.done()).isEqualTo(batches.batch().steps().size());
        assertThat(outcome.refused()).isEmpty();
        assertThat(destination.value("SELECT count(*) FROM people")).isEqualTo("1");
    }

    /** Schema changes may have been skipped before it. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', maxCharsPerColumn = 500, textBlock = """
            1 id integer*; 2 b integer! | id int PRIMARY KEY                               | APPLY  | -
            1 id integer*; 2 b integer! | id int PRIMARY KEY                               | WAIT   | ADD COLUMN "b" integer
            1 id integer*; 2 b integer! | id int PRIMARY KEY                               | IGNORE | -
            1 id integer*               | id int PRIMARY KEY, a text NOT NULL              | APPLY  | -
            1 id integer*               | id int PRIMARY KEY, a text NOT NULL              | WAIT   | ALTER COLUMN "a" DROP NOT NULL
            1 id integer*               | id int PRIMARY KEY, a text NOT NULL              | IGNORE | ALTER COLUMN "a" DROP NOT NULL
            1 id integer*               | id int PRIMARY KEY, a text NOT NULL DEFAULT ''   | WAIT   | -
            1 id integer*               | id int PRIMARY KEY, a text                       | WAIT   | -
            1 id integer*               | own serial PRIMARY KEY, id int UNIQUE            | WAIT   | -
            1 id bigint*                | id int PRIMARY KEY                               | APPLY  | -
            2 nr integer*               | id int PRIMARY KEY                               | APPLY  | RENAME COLUMN "id" TO "nr"
            2 nr integer*               | id int PRIMARY KEY                               | WAIT   | RENAME COLUMN "id" TO "nr"
            2 nr integer*               | id int PRIMARY KEY                               | IGNORE | RENAME COLUMN "id" TO "nr"
            2 nr bigint*                | id int PRIMARY KEY                               | WAIT   | RENAME COLUMN "id" TO "nr" & ALTER COLUMN "nr" TYPE bigint
            """)
    void followWhatASnapshotTells(String now, String table, SchemaPolicy policy, String awaited) {
        destination.execute("CREATE TABLE people (" + table + ")");
        String key = columns(now).get(0).name();
        String row = "{'%s':1%s}".formatted(key, now.contains(" b ") ? ",'b':7" : "");
        Batches batches = batches(policy).chunk(chunk(now), people.read(2, "{'%s':1}".formatted(key), row));
        assertFollowing(batches, awaited);
    }

    private static ChunkStart chunk(String columns) {
        return new ChunkStart(1, "public", "people", null, null, columns(columns), Map.of());
    }

    @Test
    void sayHowAnotherKeyIsMade() {
        destination.execute("CREATE TABLE people (id int PRIMARY KEY)", "INSERT INTO people VALUES (7)");
        String nr = "00000000-0000-0000-0000-000000000001";
        Batches batches = batches(SchemaPolicy.APPLY)
                .chunk(chunk("2 nr uuid*"), people.read(2, "{'nr':'%s'}".formatted(nr), "{'nr':'%s'}".formatted(nr)));
        String statements = statements(batches.applyAgain().problem());
        assertThat(statements)
                .isEqualTo("ALTER TABLE \"public\".\"people\" ADD COLUMN \"nr\" uuid; ALTER TABLE \"public\".\"people\""
                        + " DROP CONSTRAINT IF EXISTS \"people_pkey\", ALTER COLUMN \"id\" DROP NOT NULL");
        destination.execute(statements);
        assertThat(batches.applyAgain().problem().message()).contains("has no primary key on exactly the columns [nr]");
        destination.execute("CREATE UNIQUE INDEX ON people (nr)");
        assertThat(batches.applyAgain().problem()).isNull();
        assertThat(destination.rows("SELECT * FROM people")).containsExactly("null|" + nr);
    }

    @ParameterizedTest
    @CsvSource({"ENABLE ALWAYS, false", "ENABLE, true"})
    void keepTheirOwnColumnsThatATriggerFills(String firing, boolean waiting) {
        destination.execute(
                "CREATE TABLE people (id int PRIMARY KEY, own text NOT NULL)",
                "CREATE OR REPLACE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.own = 'o'; RETURN NEW; END $$",
                "CREATE TRIGGER fill BEFORE INSERT ON people FOR EACH ROW EXECUTE FUNCTION fill()",
                "ALTER TABLE people " + firing + " TRIGGER fill");
        Problem problem = batches(SchemaPolicy.WAIT)
                .chunk(chunk("1 id integer*"), people.read(2, "{'id':1}", "{'id':1}"))
                .applyAgain()
                .problem();
        assertThat(problem != null).isEqualTo(waiting);
    }

    private static String statements(Problem problem) {
        return problem.message().substring(problem.message().indexOf(BY_ITSELF) + BY_ITSELF.length());
    }

    @Test
    void waitExactlyThereWithAllBeforeItApplied() {
        destination.execute("CREATE TABLE people (id int PRIMARY KEY, a text)");
        Batches batches = batches(SchemaPolicy.WAIT)
                .changes(people.upsert(1, "{'id':1}", "{'id':1,'a':'x'}"))
                .steps(change(1, 2, "1 id integer*; 2 a text", "1 id integer*; 2 b text"))
                .changes(people.upsert(3, "{'id':1}", "{'id':1,'b':'y'}"));
        Outcome outcome = batches.applyAgain();
        assertThat(outcome.done()).isEqualTo(1);
        assertThat(outcome.reached()).isEqualTo(new Position(1, 1));
        assertThat(destination.rows("SELECT * FROM people")).containsExactly("1|x");
    }

    @Test
    void areAlteredInTheTransactionOfTheRows() {
        destination.execute(
                "CREATE TABLE people (id int PRIMARY KEY, a int NOT NULL, gone text NOT NULL)",
                "INSERT INTO people VALUES (1, 1, 'g')");
        Batches batches = batches(SchemaPolicy.APPLY)
                .changes(people.upsert(1, "{'id':2}", "{'id':2,'a':2,'gone':'h'}"))
                .steps(change(
                        1,
                        2,
                        "1 id integer*; 2 a integer!; 3 gone text!",
                        "1 id integer*; 2 a bigint; 4 n numeric(5,1)"))
                .changes(
                        people.upsert(3, "{'id':3}", "{'id':3,'a':5000000000,'n':1.5}"),
                        people.upsert(4, "{'id':4}", "{'id':4,'a':null,'n':null}"))
                .steps(change(
                        4,
                        5,
                        "1 id integer*; 2 a integer!; 3 gone text!",
                        "1 id integer*; 2 a bigint; 4 n numeric(5,1)"))
                .changes(people.upsert(6, "{'id':2}", "{'id':2,'a':9,'n':2.0}"));
        Outcome outcome = batches.applyAgain();
        assertThat(outcome.refused()).isEmpty();
        assertThat(outcome.done()).isEqualTo(6);
        assertThat(destination.rows("SELECT id, a, gone, n FROM people ORDER BY id"))
                .containsExactly("1|1|g|null", "2|9|h|2.0", "3|5000000000|null|1.5", "4|null|null|null");
    }

    @Test
    void areAlteredOnceByConsumersOfSeveralPartitions() {
        destination.execute("CREATE TABLE people (id int PRIMARY KEY)");
        Step change = change(0, 1, "1 id integer*", "1 id integer*; 2 b integer");
        assertThat(batches(SchemaPolicy.APPLY).steps(change).applyAgain().problem())
                .isNull();
        Batches other = new Batches(destination, destination.sink(targets, false), "other");
        assertThat(other.steps(change).applyAgain().problem()).isNull();
        assertThat(destination.value(
                        "SELECT count(*) FROM pg_attribute WHERE attrelid = 'people'::regclass AND attnum > 0"))
                .isEqualTo("2");
    }

    /** What is behind in another partition still has the former name. */
    @Test
    void keepTheFormerColumnWhereSeveralPartitionsBringTheEvents() {
        destination.execute("CREATE TABLE people (id int PRIMARY KEY, a text NOT NULL)");
        Share half = new Share(0, new Partitioning(2, Map.of("id", "integer")));
        Marker.SchemaChange marker = new Marker.SchemaChange(
                1, "public", "people", columns("1 id integer*; 2 a text!"), columns("1 id integer*; 2 b text!"));
        Batches batches = batches(SchemaPolicy.APPLY).steps(new Step.SchemaChange(0, marker, half));
        Problem problem = batches.applyAgain().problem();
        assertThat(statements(problem)).isEqualTo("ALTER TABLE \"public\".\"people\" ADD COLUMN \"b\" text");
        destination.execute(statements(problem));
        assertThat(batches.changes(people.upsert(2, "{'id':1}", "{'id':1,'b':'y'}"))
                        .applyAgain()
                        .problem())
                .isNull();
        Outcome behind = new Batches(destination, destination.sink(targets, false), "other")
                .changes(people.upsert(0, "{'id':2}", "{'id':2,'a':'x'}"))
                .apply();
        assertThat(behind.problem()).isNull();
    }

    @Test
    void bearOtherNames() {
        destination.execute("CREATE SCHEMA crm", "CREATE TABLE crm.\"the people\" (nr int PRIMARY KEY, \"A a\" text)");
        Table renamed =
                new Table("crm.\"the people\"", Map.of("id", "nr", "a", "A a", "c", "C\"c"), SchemaPolicy.WAIT, null);
        Batches batches = batches(renamed)
                .steps(change(0, 1, "1 id integer*; 2 a text", "1 id integer*; 2 b text; 3 c integer"))
                .changes(people.upsert(2, "{'id':1}", "{'id':1,'b':'x','c':2}"));
        Problem problem = batches.applyAgain().problem();
        assertThat(problem.message()).contains("The table crm.\"the people\" does not follow public.people");
        assertThat(statements(problem))
                .isEqualTo(
                        "ALTER TABLE \"crm\".\"the people\" RENAME COLUMN \"A a\" TO \"b\"; ALTER TABLE \"crm\".\"the people\" ADD COLUMN \"C\"\"c\" integer");
        destination.execute(statements(problem));
        assertThat(batches.applyAgain().problem()).isNull();
        assertThat(destination.rows("SELECT * FROM crm.\"the people\"")).containsExactly("1|x|2");
    }

    @Test
    void keepTheirMarksOfDeletedRows() {
        destination.execute("CREATE TABLE people (id int PRIMARY KEY, gone boolean NOT NULL, at timestamptz)");
        Table marked = new Table(null, Map.of(), SchemaPolicy.WAIT, new SoftDelete("gone", "at"));
        Batches batches = batches(marked)
                .steps(change(0, 1, "1 id integer*; 2 gone boolean!", "1 id integer*"))
                .changes(people.upsert(2, "{'id':1}", "{'id':1}"));
        assertThat(batches.applyAgain().problem()).isNull();
    }

    /** Whatever tells of the column. */
    @Test
    void refuseColumnsWithTheNameOfAMark() {
        Table marked = new Table(null, Map.of(), SchemaPolicy.APPLY, new SoftDelete("gone", "at"));
        String now = "1 id integer*; 2 gone boolean";
        ChangeEvent row = people.upsert(3, "{'id':1}", "{'id':1,'gone':true}");
        Batches creating = new Batches(
                destination,
                destination.sink(
                        new Targets(new SinkProperties(true, SchemaPolicy.WAIT, Map.of("public.people", marked))),
                        true),
                "t");
        assertThat(creating.chunk(chunk(now)).applyAgain().problem().message())
                .contains(
                        "\"gone\" of the source would be the one by which the table public.people marks deleted rows");
        destination.execute("CREATE TABLE people (id int PRIMARY KEY, gone boolean NOT NULL, at timestamptz)");
        for (Batches batches : List.of(
                batches(marked).chunk(chunk(now)),
                batches(marked).steps(change(0, 1, "1 id integer*", now)),
                batches(marked).changes(row))) {
            Problem problem = batches.applyAgain().problem();
            assertThat(problem.kind()).isEqualTo(ErrorKind.ENVIRONMENT);
            assertThat(problem.message()).contains("give one of them another name");
        }
        Table renamed = new Table(null, Map.of("gone", "left"), SchemaPolicy.APPLY, new SoftDelete("gone", "at"));
        assertThat(batches(renamed).chunk(chunk(now)).changes(row).applyAgain().problem())
                .isNull();
        assertThat(destination.rows("SELECT id, \"left\", gone FROM people")).containsExactly("1|t|f");
    }

    /** Nothing in the stream tells of a new label. */
    @Test
    void refuseLabelsThatTheDestinationLacks() {
        destination.execute(
                "DROP TYPE IF EXISTS mood CASCADE",
                "CREATE TYPE mood AS ENUM ('sad')",
                "CREATE TABLE people (id int PRIMARY KEY, m mood)");
        Outcome outcome = batches(SchemaPolicy.WAIT)
                .changes(
                        people.upsert(1, "{'id':1}", "{'id':1,'m':'glad'}"),
                        people.upsert(2, "{'id':2}", "{'id':2,'m':'sad'}"))
                .apply();
        assertThat(Batches.refusal(outcome).sqlState()).isEqualTo("22P02");
        assertThat(Batches.refusal(outcome).cause()).isEqualTo("column \"m\" mood");
        assertThat(destination.rows("SELECT * FROM people")).containsExactly("2|sad");
    }

    @Test
    void leaveOutWhatTheyLackAndCountIt() {
        destination.execute("CREATE TABLE people (id int PRIMARY KEY)");
        batches(SchemaPolicy.IGNORE)
                .steps(change(0, 1, "1 id integer*", "1 id integer*; 2 b integer; 3 c integer"))
                .applyAgain();
        assertThat(targets.ignored()).isEqualTo(Map.of(TableId.parse("people"), Set.of("b", "c")));
    }

    @ParameterizedTest
    @EnumSource(
            value = SchemaPolicy.class,
            names = {"APPLY", "WAIT"})
    void waitForColumnsOfWhichNothingTells(SchemaPolicy policy) {
        destination.execute("CREATE TABLE people (id int PRIMARY KEY)");
        Problem problem = batches(policy)
                .changes(people.upsert(1, "{'id':1}", "{'id':1,'b':2}"))
                .apply()
                .problem();
        assertThat(problem.message())
                .contains("has no column \"b\"")
                .contains("nothing before this in the stream has told its type");
    }

    @Test
    void needTheTypeFirst() {
        destination.execute("CREATE TABLE people (id int PRIMARY KEY)");
        Batches batches =
                batches(SchemaPolicy.APPLY).steps(change(0, 1, "1 id integer*", "1 id integer*; 2 b public.nope"));
        assertThat(batches.applyAgain().problem().message()).contains("The type public.nope of column \"b\"");
        batches = batches(SchemaPolicy.APPLY)
                .steps(change(0, 1, "1 id integer*", "1 id integer*; 2 b int, DROP COLUMN id"));
        assertThat(batches.applyAgain().problem()).isNotNull();
        assertThat(destination.value("SELECT count(*) FROM people")).isEqualTo("0");
    }

    @Test
    void sayWhatTheRoleMayNotDo() {
        destination.execute(
                "CREATE TABLE people (id int PRIMARY KEY)",
                "INSERT INTO people VALUES (1)",
                "CREATE VIEW ids AS SELECT id FROM people");
        Batches batches = batches(SchemaPolicy.APPLY).steps(change(0, 1, "1 id integer*", "1 id bigint*"));
        Problem problem = batches.applyAgain().problem();
        assertThat(problem.kind()).isEqualTo(ErrorKind.ENVIRONMENT);
        assertThat(problem.message()).contains("could not be made to follow").contains("used by a view");
        assertThat(statements(problem)).isEqualTo("ALTER TABLE \"public\".\"people\" ALTER COLUMN \"id\" TYPE bigint");
        destination.execute("DROP VIEW ids");
        assertThat(batches.applyAgain().problem()).isNull();
    }

    /** What the server does whenever it is to alter a table. */
    private static void whenAltering(String plpgsql) {
        destination.execute(
                "CREATE OR REPLACE FUNCTION altering() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN " + plpgsql
                        + "; END $$",
                "CREATE EVENT TRIGGER altering ON ddl_command_start WHEN TAG IN ('ALTER TABLE') EXECUTE FUNCTION altering()",
                "ALTER EVENT TRIGGER altering ENABLE ALWAYS");
    }

    /** A destination of which every answer has to come within a second. */
    private static DataSource impatient() {
        return new DelegatingDataSource(destination.dataSource()) {
            @Override
            public Connection getConnection() throws SQLException {
                Connection connection = super.getConnection();
                connection.setNetworkTimeout(Runnable::run, 1000);
                return connection;
            }
        };
    }

    @Test
    void mayTakeLongerToAlterThanAnythingElse() {
        destination.execute("CREATE TABLE people (id int PRIMARY KEY, a int)");
        whenAltering("PERFORM pg_sleep(1.2)");
        Targets applying = new Targets(new SinkProperties(false, SchemaPolicy.APPLY, Map.of()));
        Sink sink = new Sink(impatient(), applying, false, TestDestination.DEAD_LETTERS, TestDestination.NO_RULES);
        Outcome outcome = new Batches(destination, sink, "t")
                .steps(change(0, 1, "1 id integer*; 2 a integer", "1 id integer*; 2 a bigint"))
                .changes(people.upsert(2, "{'id':1}", "{'id':1,'a':5000000000}"))
                .apply();
        assertThat(outcome.problem()).isNull();
        assertThat(destination.rows("SELECT * FROM people")).containsExactly("1|5000000000");
    }

    @Test
    void sayWhatWasBeingDoneWhenTheConnectionWasLost() {
        destination.execute("CREATE TABLE people (id int PRIMARY KEY)");
        whenAltering("PERFORM pg_terminate_backend(pg_backend_pid())");
        Batches batches = batches(SchemaPolicy.APPLY).steps(change(0, 1, "1 id integer*", "1 id bigint*"));
        Problem problem = batches.applyAgain().problem();
        assertThat(problem.kind()).isEqualTo(ErrorKind.ENVIRONMENT);
        assertThat(problem.sqlState()).isEqualTo("57P01");
        assertThat(problem.message()).contains("could not be made to follow").contains("terminating connection");
        assertThat(statements(problem)).isEqualTo("ALTER TABLE \"public\".\"people\" ALTER COLUMN \"id\" TYPE bigint");
    }

    /** Kafka gives the partitions of a consumer that alters for long to another one. */
    @Test
    void areAlteredOnceThoughAnotherConsumerTakesOverMeanwhile() {
        destination.execute("CREATE TABLE people (id int PRIMARY KEY)");
        whenAltering("WHILE NOT EXISTS (SELECT FROM pg_locks WHERE NOT granted) LOOP PERFORM pg_sleep(0.01); END LOOP");
        Step change = change(0, 1, "1 id integer*", "1 id bigint*");
        Batches first = batches(SchemaPolicy.APPLY).steps(change);
        Batches other = batches(SchemaPolicy.APPLY).steps(change);
        CompletableFuture<Outcome> altering = CompletableFuture.supplyAsync(first::applyAgain);
        while (destination
                .value("SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'ALTER%'")
                .equals("0")) {
            Thread.onSpinWait();
        }
        assertThatThrownBy(other::applyAgain).isInstanceOf(FencedException.class);
        assertThat(altering.join().problem()).isNull();
        Batches next = batches(SchemaPolicy.APPLY).changes(people.upsert(2, "{'id':5000000000}", "{'id':5000000000}"));
        assertThat(next.batch().start().nextOffset()).isEqualTo(1);
        assertThat(next.applyAgain().problem()).isNull();
    }
}
