package dev.tidemark.consumer.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.consumer.Events;
import dev.tidemark.model.ChangeEvent;
import dev.tidemark.model.EventReader;
import dev.tidemark.model.Operation;
import dev.tidemark.model.TableId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.core.io.JsonStringEncoder;

/** Values arrive exactly as they were, or not at all. */
class TypesIT {

    @RegisterExtension
    static final TestDestination destination = TestDestination.create();

    @BeforeAll
    static void start() {
        destination.execute(
                "CREATE TYPE mood AS ENUM ('sad', 'so so', 'happy')",
                "CREATE TYPE pair AS (a int, b text)",
                "CREATE DOMAIN short AS varchar(3) CHECK (VALUE <> 'bad')",
                "CREATE DOMAIN shorter AS short",
                "CREATE DOMAIN cents AS numeric(10, 2)");
    }

    /** Writes the text of a value into a column of the type, and says what is wrong or that it arrived as the literal would. */
    private static String arrive(String type, String text) {
        destination.execute(
                "DROP TABLE IF EXISTS source, copy",
                "CREATE TABLE source (id int PRIMARY KEY, v " + type + ")",
                "CREATE TABLE copy (id int PRIMARY KEY, v " + type + ")",
                "INSERT INTO source SELECT 1, NULL");
        Outcome outcome = write(text);
        assertThat(outcome.problem()).isNull();
        if (!outcome.refused().isEmpty()) {
            return Batches.refusal(outcome).sqlState();
        }
        destination.execute("UPDATE source SET v = " + (text == null ? "NULL" : "'" + text.replace("'", "''") + "'"));
        return destination.value(
                "SELECT CASE WHEN record_image_eq(ROW(s.v), ROW(c.v)) THEN 'equal' ELSE c.v::text END FROM source s, copy c");
    }

    private static Outcome write(String text) {
        String value = text == null
                ? "null"
                : '"' + new String(JsonStringEncoder.getInstance().quoteAsCharArray(text)) + '"';
        ChangeEvent event = event(Events.of("copy"), "{\"id\":1}", "{\"id\":1,\"v\":" + value + "}");
        return destination.batches("t").changes(event).apply();
    }

    /** An event of JSON that is to stay as it is. */
    private static ChangeEvent event(Events events, String key, String row) {
        String envelope = new String(events.value(Operation.UPDATE, 1, "{0}"), StandardCharsets.UTF_8);
        return new EventReader().read(Events.utf8(key), Events.utf8(envelope.replace("{0}", row)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "int2 | -32768",
                "int8 | 9223372036854775807",
                "numeric | 123456789012345678901234567890.123456789012345678901234567890",
                "numeric | NaN",
                "numeric | 1.500",
                "numeric(38,18) | 12345678901234567890.123456789012345678",
                "numeric(10,2) | 1.50",
                "cents | 1.50",
                "float4 | -0",
                "float4 | 1.17549435e-38",
                "float8 | 5e-324",
                "float8 | -0",
                "float8 | NaN",
                "float8 | -Infinity",
                "float8 | 0.30000000000000004",
                "bool | t",
                "text | `  'quoted' \"twice\" \\ and {braces}, NULL  `",
                "text | ``",
                "text | NULL",
                "text | `a\tb\nc`",
                "text | \uD83D\uDE00 \u00e4\u00f6\u00fc",
                "varchar(5) | \uD83D\uDE00\uD83D\uDE00\uD83D\uDE00\uD83D\uDE00\uD83D\uDE00",
                "char(5) | `ab   `",
                "char(1) | x",
                "bpchar | `ab   `",
                "\"char\" | x",
                "name | some_name",
                "bytea | \\xdeadbeef00",
                "bit(8) | 10110011",
                "bit | 1",
                "varbit(8) | 10110",
                "varbit | 1011001110001111",
                "date | 0044-03-15 BC",
                "date | infinity",
                "timestamp | 2026-11-30 12:34:56.123456",
                "timestamp(3) | 2026-11-30 12:34:56.123",
                "timestamptz | 2026-11-30T12:34:56.123456+00:00",
                "timestamptz | 0044-03-15 12:00:00+00 BC",
                "timestamptz | 294276-12-31 23:59:59.999999+00",
                "time | 24:00:00",
                "timetz | 12:00:00.000001+05:30",
                "interval | 1 year 2 mons -3 days +04:05:06.789",
                "interval | -00:00:00.000001",
                "uuid | 01234567-89ab-cdef-0123-456789abcdef",
                "inet | 192.168.1.5/24",
                "cidr | 192.168.0.0/16",
                "macaddr | 08:00:2b:01:02:03",
                "json | `{\"b\": 1,  \"a\":\"\\u0000\", \"a\": 1.000}`",
                "json | null",
                "jsonb | `{\"a\": null, \"b\": 1.000}`",
                "jsonb | null",
                "xml | `<a b=\"c\">x</a>`",
                "money | -$1,234.50",
                "int[] | `{1,NULL,3}`",
                "int[] | `[0:2]={1,2,3}`",
                "int[] | `{{1,2},{3,4}}`",
                "text[] | `{a,\"b,c\",\"d\\\"e\",NULL,\"NULL\",\"\"}`",
                "varchar(3)[] | `{abc,NULL}`",
                "numeric(10,2)[] | `{1.50,NULL,NaN}`",
                "bit(3)[] | `{101,110}`",
                "mood | so so",
                "mood[] | `{sad,\"so so\"}`",
                "pair | `(1,\"a,b\")`",
                "pair[] | `{\"(1,x)\",\"(,)\"}`",
                "short | abc",
                "shorter | abc",
                "short[] | `{abc,x}`",
                "int4range | `[1,10)`",
                "tstzrange | `[\"2026-01-01 00:00:00+00\",infinity)`",
                "nummultirange | `{[1.5,2.5),[3,4]}`",
                "point | (1.5,-2)",
                "polygon | ((0,0),(1,1),(2,0))",
                "tsvector | `'a':1A 'b':2`",
                "tsquery | `'a' & 'b'`",
                "pg_lsn | 16/B374D848",
                "oid | 4294967295",
                "regclass | pg_class",
                "jsonpath | `$.\"a\"[*]`"
            })
    void arrivesAsItWas(String type, String text) {
        assertThat(arrive(type, "NULL".equals(text) ? null : text)).isEqualTo("equal");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "varchar(3) | toolong | 22001",
                "varchar(3) | `abc  ` | 22001",
                "char(3) | toolong | 22001",
                "short | toolong | 22001",
                "shorter | toolong | 22001",
                "short | bad | 23514",
                "varchar(3)[] | `{toolong}` | 22P02",
                "bit(3) | 1011 | 22026",
                "varbit(3) | 1011 | 22001",
                "numeric(5,2) | 1.005 | 22P02",
                "cents | 1.005 | 22P02",
                "numeric(5,2) | 1000 | 22003",
                "numeric(5,2)[] | `{1.005}` | 22P02",
                "timestamp(3) | 2026-11-30 12:34:56.1234 | 22P02",
                "timestamptz(0) | 2026-11-30 12:34:56.5+00 | 22P02",
                "time(0) | 12:00:00.5 | 22P02",
                "interval(0) | 00:00:00.5 | 22P02",
                "interval year to month | 1 year 3 days | 22P02",
                "int | 1.5 | 22P02",
                "int2 | 40000 | 22003",
                "mood | angry | 22P02",
            })
    void isRefusedWhereItWouldBeChanged(String type, String text, String sqlState) {
        assertThat(arrive(type, text)).isEqualTo(sqlState);
    }

    @Test
    void saysWhichColumnWouldBeRounded() {
        destination.execute("DROP TABLE IF EXISTS copy", "CREATE TABLE copy (id int PRIMARY KEY, v numeric(5,2))");
        assertThat(Batches.refusal(write("1.005")).message()).contains("\"v\"", "numeric(5,2)");
    }

    @Test
    void writesIdentityAndLeavesOutWhatTheDatabaseComputes() {
        destination.execute(
                "CREATE TABLE numbered (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, no int GENERATED ALWAYS AS IDENTITY, net int,"
                        + " gross int GENERATED ALWAYS AS (net * 2) STORED)");
        Events numbered = Events.of("numbered");
        Batches batches = destination.batches("t");
        batches.changes(numbered.upsert(1, "{'id':7}", "{'id':7,'no':70,'net':1,'gross':999}"))
                .apply();
        assertThat(destination.rows("SELECT * FROM numbered")).containsExactly("7|70|1|2");
        assertThat(batches.changes(numbered.upsert(2, "{'id':7}", "{'id':7,'no':71,'net':2,'gross':999}"))
                        .apply()
                        .refused())
                .isEmpty();
        assertThat(destination.rows("SELECT * FROM numbered")).containsExactly("7|71|2|4");
    }

    @Test
    void takesHostileNames() {
        destination.execute(
                "CREATE SCHEMA \"My \"\"Schema\"\"\"",
                "CREATE TABLE \"My \"\"Schema\"\"\".\"a.b;--\" (\"the 'key'\" int, \"select\" text, \"x\"\"y\" numeric(5,2), \"?\" int,"
                        + " PRIMARY KEY (\"the 'key'\", \"select\"))");
        Events hostile = new Events(new TableId("My \"Schema\"", "a.b;--"));
        ChangeEvent row = event(
                hostile,
                "{\"the 'key'\":1,\"select\":\"s\"}",
                "{\"the 'key'\":1,\"select\":\"s\",\"x\\\"y\":1.50,\"?\":3}");
        Batches batches = destination.batches("t");
        assertThat(batches.changes(row).apply().refused()).isEmpty();
        assertThat(destination.rows("SELECT * FROM \"My \"\"Schema\"\"\".\"a.b;--\""))
                .containsExactly("1|s|1.50|3");
    }

    @Test
    void takesCompositeKeysInAnyOrder() {
        destination.execute("CREATE TABLE pairs (a int, b varchar(9), v int, PRIMARY KEY (b, a))");
        Events pairs = Events.of("pairs");
        Batches batches = destination.batches("t");
        batches.changes(
                        pairs.upsert(1, "{'a':1,'b':'x'}", "{'a':1,'b':'x','v':1}"),
                        pairs.upsert(2, "{'a':1,'b':'y'}", "{'a':1,'b':'y','v':1}"),
                        pairs.upsert(3, "{'a':2,'b':'x'}", "{'a':2,'b':'x','v':1}"))
                .apply();
        batches.changes(pairs.delete(4, "{'a':1,'b':'x'}"), pairs.upsert(5, "{'a':2,'b':'x'}", "{'a':2,'b':'x','v':2}"))
                .apply();
        assertThat(destination.rows("SELECT * FROM pairs ORDER BY a, b")).isEqualTo(List.of("1|y|1", "2|x|2"));
    }

    @Test
    void takesTablesOfNothingButAKey() {
        destination.execute("CREATE TABLE keys (id int PRIMARY KEY)");
        Events keys = Events.of("keys");
        Batches batches = destination.batches("t");
        batches.changes(keys.upsert(1, "{'id':1}", "{'id':1}")).apply();
        assertThat(batches.changes(keys.upsert(2, "{'id':1}", "{'id':1}"))
                        .apply()
                        .refused())
                .isEmpty();
        assertThat(destination.rows("SELECT * FROM keys")).containsExactly("1");
    }
}
