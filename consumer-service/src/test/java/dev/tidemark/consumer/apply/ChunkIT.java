package dev.tidemark.consumer.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.consumer.Events;
import dev.tidemark.model.Marker.ChunkStart;
import dev.tidemark.model.Marker.ColumnType;
import dev.tidemark.model.TableId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ChunkIT {

    @RegisterExtension
    static final TestDestination destination = TestDestination.create();

    private final Events people = Events.of("people");
    private Batches batches;

    @BeforeEach
    void reset() {
        destination.execute(
                "DROP TABLE IF EXISTS people",
                "CREATE TABLE people (id int PRIMARY KEY, name text UNIQUE)",
                "INSERT INTO people SELECT i, 'old' || i FROM generate_series(1, 9) i");
        batches = destination.batches("t");
    }

    private static List<String> rows() {
        return destination.rows("SELECT id, name FROM people ORDER BY id");
    }

    @Test
    void makesARangeEqual() {
        batches.chunk(
                        people.chunk(1, "{'id':2}", "{'id':7}"),
                        people.read(2, "{'id':4}", "{'id':4,'name':'new'}"),
                        people.read(3, "{'id':7}", "{'id':7,'name':'n7'}"))
                .apply();
        assertThat(rows()).containsExactly("1|old1", "2|old2", "4|new", "7|n7", "8|old8", "9|old9");
        assertThat(destination.value("SELECT next_offset, last_sequence FROM cdc.applied_offset"))
                .isEqualTo("4|4");
    }

    @Test
    void makesRangesWithoutBoundsEqual() {
        batches.chunk(people.chunk(1, null, "{'id':3}"), people.read(2, "{'id':0}", "{'id':0,'name':'first'}"))
                .apply();
        assertThat(rows()).startsWith("0|first", "4|old4");
        batches.chunk(people.chunk(10, "{'id':8}", null), people.read(11, "{'id':99}", "{'id':99,'name':'last'}"))
                .apply();
        assertThat(rows()).endsWith("8|old8", "99|last");
        batches.chunk(people.chunk(20, null, null)).apply();
        assertThat(rows()).isEmpty();
    }

    @Test
    void leavesTheHeartbeatsOfOtherPipelines() {
        destination.execute("INSERT INTO cdc.heartbeat VALUES ('hr', '2000-01-01', 5), ('other', '2000-01-01', 5)");
        ChunkStart start = new ChunkStart(
                1,
                "cdc",
                "heartbeat",
                null,
                null,
                List.of(
                        new ColumnType("topic_prefix", "text", true, false, 1, 0),
                        new ColumnType("at", "timestamp with time zone", true, false, 0, 0),
                        new ColumnType("every_seconds", "double precision", true, false, 0, 0)),
                Map.of("topic_prefix", "C"));
        Events heartbeats = new Events(TableId.HEARTBEAT);
        batches.chunk(
                        start,
                        heartbeats.read(
                                2,
                                "{'topic_prefix':'hr'}",
                                "{'topic_prefix':'hr','at':'2001-01-01','every_seconds':7}"))
                .apply();
        assertThat(destination.rows("SELECT topic_prefix, every_seconds FROM cdc.heartbeat ORDER BY 1"))
                .containsExactly("hr|7", "other|5");
    }

    @Test
    void swapsValuesInAChunk() {
        Outcome outcome = batches.chunk(
                        people.chunk(1, null, null),
                        people.read(2, "{'id':1}", "{'id':1,'name':'old2'}"),
                        people.read(3, "{'id':2}", "{'id':2,'name':'old1'}"))
                .apply();
        assertThat(outcome.problem()).isNull();
        assertThat(rows()).containsExactly("1|old2", "2|old1");
    }

    @Test
    void leavesTheOlderStateOfARowThatIsRefused() {
        destination.execute("ALTER TABLE people ADD CHECK (name <> 'bad')");
        Outcome outcome = batches.changes(people.upsert(1, "{'id':50}", "{'id':50,'name':'before'}"))
                .chunk(
                        people.chunk(2, null, "{'id':5}"),
                        people.read(3, "{'id':1}", "{'id':1,'name':'new'}"),
                        people.read(4, "{'id':2}", "{'id':2,'name':'bad'}"))
                .apply();
        assertThat(outcome.done()).isEqualTo(2);
        assertThat(Batches.refusal(outcome).cause()).isEqualTo("check \"people_name_check\"");
        assertThat(rows()).containsExactly("1|new", "2|old2", "6|old6", "7|old7", "8|old8", "9|old9", "50|before");
    }

    @Nested
    class OfTextKeys {

        private final Events words = Events.of("words");
        private final List<ColumnType> columns = List.of(
                new ColumnType("w", "text", true, false, 1, 0), new ColumnType("n", "integer", true, false, 2, 0));

        private ChunkStart start(String collation) {
            return new ChunkStart(
                    1,
                    "public",
                    "words",
                    Events.key("{'w':'B','n':1}"),
                    Events.key("{'w':'b','n':1}"),
                    columns,
                    Map.of("w", collation));
        }

        private void table(String collation) {
            destination.execute(
                    "DROP TABLE IF EXISTS words",
                    "CREATE TABLE words (w text COLLATE " + collation + ", n int, PRIMARY KEY (w, n))",
                    "INSERT INTO words SELECT w, n FROM unnest('{A,a,B,b,C,c}'::text[]) w, generate_series(1, 2) n");
        }

        @Test
        void ordersAsTheSourceDoes() {
            table("\"und-x-icu\"");
            String collation = destination.value(
                    "SELECT cdc.collation_identity(oid) FROM pg_collation WHERE collname = 'und-x-icu'");
            assertThat(batches.chunk(start(collation)).apply().problem()).isNull();
            // a, A, b, B: nothing is after B and up to b
            assertThat(destination.rows("SELECT w, n FROM words")).hasSize(12);
        }

        @Test
        void ordersByBytesWhereTheSourceDoes() {
            table("\"und-x-icu\"");
            assertThat(batches.chunk(start("C"), words.read(2, "{'w':'a','n':1}", "{'w':'a','n':1}"))
                            .apply()
                            .problem())
                    .isNull();
            assertThat(destination.rows("SELECT w || n FROM words ORDER BY w COLLATE \"C\", n"))
                    .containsExactly("A1", "A2", "B1", "a1", "b2", "c1", "c2");
        }

        @Test
        void refusesToGuessAnOrder() {
            table("\"und-x-icu\"");
            Problem problem =
                    batches.chunk(start("libc:de_DE.utf8:2.36")).apply().problem();
            assertThat(problem.kind()).isEqualTo(ErrorKind.ENVIRONMENT);
            assertThat(problem.message())
                    .contains("\"w\"", "libc:de_DE.utf8:2.36", "icu:und", "cdc.snapshot.key-order");
        }
    }

    @Nested
    class WithoutATable {

        private final Events fresh = new Events(new TableId("New \"S\"", "t"));
        private final List<ColumnType> columns = List.of(
                new ColumnType("b", "character varying(100)", true, false, 2, 0),
                new ColumnType("a", "integer", true, false, 1, 0),
                new ColumnType("amount", "numeric(10,2)", true, false, 0, 0),
                new ColumnType("doubled", "numeric", true, true, 0, 0),
                new ColumnType("m", "public.mood", false, false, 0, 0));

        @BeforeEach
        void reset() {
            destination.execute("DROP SCHEMA IF EXISTS \"New \"\"S\"\"\" CASCADE", "DROP TYPE IF EXISTS mood");
        }

        private Outcome apply(boolean createTables) {
            ChunkStart start = new ChunkStart(1, "New \"S\"", "t", null, null, columns, Map.of("b", "C"));
            return new Batches(destination, destination.sink(createTables), "n")
                    .chunk(
                            start,
                            fresh.read(2, "{'a':1,'b':'x'}", "{'b':'x','a':1,'amount':1.50,'doubled':3.00,'m':'ok'}"))
                    .apply();
        }

        @Test
        void createsItAsAtTheSource() {
            destination.execute("CREATE TYPE mood AS ENUM ('ok')");
            assertThat(apply(true).problem()).isNull();
            assertThat(destination.rows("SELECT * FROM \"New \"\"S\"\"\".t")).containsExactly("x|1|1.50|3.00|ok");
            assertThat(destination.rows("SELECT attname, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute"
                            + " WHERE attrelid = '\"New \"\"S\"\"\".t'::regclass AND attnum > 0 ORDER BY attnum"))
                    .containsExactly(
                            "b|character varying(100)|t",
                            "a|integer|t",
                            "amount|numeric(10,2)|t",
                            "doubled|numeric|f",
                            "m|mood|f");
            assertThat(
                            destination.value(
                                    "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'p' AND conrelid = '\"New \"\"S\"\"\".t'::regclass"))
                    .isEqualTo("PRIMARY KEY (a, b)");
        }

        @Test
        void saysWhichTypeIsMissing() {
            Problem problem = apply(true).problem();
            assertThat(problem.kind()).isEqualTo(ErrorKind.ENVIRONMENT);
            assertThat(problem.message()).contains("public.mood", "\"m\"", "CREATE TYPE");
            assertThat(destination.rows("SELECT FROM pg_namespace WHERE nspname LIKE 'New%'"))
                    .isEmpty();
        }

        @Test
        void createsNothingUnlessWished() {
            destination.execute("CREATE TYPE mood AS ENUM ('ok')");
            assertThat(apply(false).problem().message()).contains("does not exist");
        }

        @Test
        void takesNoStatementForAType() {
            ChunkStart start = new ChunkStart(
                    1,
                    "public",
                    "evil",
                    null,
                    null,
                    List.of(new ColumnType("id", "int); DROP TABLE people; --", true, false, 1, 0)),
                    Map.of());
            Problem problem = new Batches(destination, destination.sink(true), "e")
                    .chunk(start)
                    .apply()
                    .problem();
            assertThat(problem.kind()).isEqualTo(ErrorKind.ENVIRONMENT);
            assertThat(rows()).hasSize(9);
        }
    }
}
