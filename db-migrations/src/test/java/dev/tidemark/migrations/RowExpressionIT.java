package dev.tidemark.migrations;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Values and keys as JSON: exact whatever the settings of the writer, and for keys the same for all that is equal. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RowExpressionIT {

    /** A session as unlike ours as can be; a function, since the JDBC driver refuses other date styles. */
    private static final String HOSTILE_WRITER = """
            CREATE FUNCTION write(sql text) RETURNS void LANGUAGE plpgsql
            SET DateStyle = 'SQL, DMY' SET IntervalStyle = 'sql_standard' SET TimeZone = 'America/New_York' SET extra_float_digits = -10 SET bytea_output = 'escape' SET search_path = public, pg_catalog
            AS $$ BEGIN EXECUTE sql; END $$""";

    private final TestDatabase database = TestDatabase.source();
    private final Session session = database.session()
            .run(
                    HOSTILE_WRITER,
                    "CREATE EXTENSION hstore; CREATE EXTENSION citext; CREATE EXTENSION ltree",
                    "CREATE TYPE colour AS ENUM ('red', 'dark \"blue\"'); CREATE TYPE pair AS (a int, b text, c timestamptz, d float8)",
                    "CREATE TYPE floats AS RANGE (subtype = float8)",
                    "CREATE DOMAIN positive AS int CHECK (value > 0); CREATE DOMAIN days AS date[]; CREATE DOMAIN small AS numeric; CREATE DOMAIN amount AS small");

    @BeforeEach
    void clear() {
        session.run("DROP TABLE IF EXISTS v, back, k, g", "TRUNCATE cdc.change_log, cdc.tracked_table");
    }

    @AfterAll
    void close() {
        session.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    smallint          | ('-32768'), ('32767')
                    bigint            | ('-9223372036854775808'), ('9223372036854775807')
                    numeric           | ('1.000'), ('1e-130'), ('NaN'), ('123456789012345678901234567890.123456789012345678901234567890'), ('-0.0')
                    numeric(38,18)    | ('12345678901234567890.123456789012345678'), ('0')
                    real              | ('0.1'), ('-0'), ('NaN'), ('Infinity'), ('1.1754944e-38'), ('3.4028235e38')
                    double precision  | ('0.30000000000000004'), ('-0'), ('NaN'), ('-Infinity'), ('5e-324'), ('1.7976931348623157e308')
                    money             | ('-92233720368547758.08'), ('1.5')
                    boolean           | ('t'), ('f')
                    text              | (''), (E'\\x01\\t\\n\\r"\\\\/'), ('💥 ünï'), ('null'), ('NULL')
                    varchar(5)        | ('a  ')
                    char(5)           | ('a'), ('')
                    "char"            | ('x')
                    name              | ('n')
                    bytea             | (''), ('\\x0001ff5c27')
                    date              | ('2024-02-03'), ('infinity'), ('-infinity'), ('0044-03-15 BC'), ('5874897-12-31')
                    time              | ('00:00'), ('24:00'), ('12:34:56.789012')
                    timetz            | ('12:34:56.789012+05:30')
                    timestamp         | ('2024-02-03 04:05:06.789012'), ('infinity'), ('0044-03-15 10:00 BC'), ('294276-12-31')
                    timestamptz       | ('2024-02-03 04:05:06.789012+09'), ('infinity'), ('0044-03-15 10:00+00 BC')
                    interval          | ('-1 year 2 mons -3 days 04:05:06.789'), ('0'), ('1 mon'), ('30 days')
                    uuid              | ('01234567-89ab-cdef-0123-456789abcdef')
                    inet              | ('10.0.0.1'), ('10.0.0.1/8'), ('::1')
                    cidr              | ('10.0.0.0/8')
                    macaddr           | ('08:00:2b:01:02:03')
                    macaddr8          | ('08:00:2b:01:02:03:04:05')
                    bit(3)            | (B'101')
                    varbit            | (B''), (B'0101')
                    json              | ('null'), ('{"a" : 1, "a": 1.000e5, "b":"\\u0000"}'), ('"x"'), (' [1,  2]')
                    jsonb             | ('null'), ('{"a": [1.00, null]}'), ('"x"')
                    xml               | ('<a b="c">d</a>')
                    tsvector          | ('a:1A b')
                    tsquery           | ('a & b')
                    point             | ('(0.1,-1e-10)')
                    box               | ('(1.1,2.2),(0.30000000000000004,0)')
                    polygon           | ('((0,0),(0.1,1))')
                    pg_lsn            | ('16/B374D848')
                    xid8              | ('18446744073709551615')
                    oid               | ('4294967295')
                    regclass          | ('pg_class'), ('cdc.change_log')
                    jsonpath          | ('$.a[*] ? (@ > 1)')
                    int[]             | ('{}'), ('{1,NULL,3}'), ('[0:2]={1,2,3}'), ('{{1,2},{3,4}}')
                    text[]            | ('{"",NULL,"NULL","a,b","\\\\","\\"",é}')
                    timestamptz[]     | ('{"2024-02-03 04:05:06+00",infinity}')
                    float8[]          | ('{-0,0.30000000000000004}')
                    jsonb[]           | (ARRAY['null'::jsonb, NULL])
                    bytea[]           | (ARRAY['\\x00ff'::bytea])
                    interval[]        | ('{"-1 year 2 days"}')
                    money[]           | ('{1.5}')
                    int4range         | ('empty'), ('[1,5)'), ('(,)')
                    daterange         | ('[2024-02-03,infinity)')
                    tstzrange         | ('[2024-02-03 04:05:06+00,)')
                    tsmultirange      | ('{[2024-02-03 04:05:06,2024-02-04 00:00:00)}')
                    colour            | ('red'), ('dark "blue"')
                    colour[]          | ('{red,"dark \\"blue\\""}')
                    positive          | (5)
                    days              | ('{2024-02-03}')
                    pair              | (ROW(1, 'a"b,c', '2024-02-03 04:05:06+00', 0.1)), (ROW(NULL, NULL, NULL, NULL)), (ROW(1, '', 'infinity', '-0'))
                    pair[]            | (ARRAY[ROW(1, 'a', '2024-02-03 04:05:06+00', 0.1)::pair, NULL])
                    floats            | ('[0.1,0.30000000000000004)')
                    hstore            | ('a=>1, b=>NULL, "c d"=>"e\\"f"'), ('')
                    citext            | ('Ab')
                    ltree             | ('a.b')
                    """)
    void keepsEveryValueExactly(String type, String values) {
        session.run(
                "CREATE TABLE v (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v %s)".formatted(type),
                "CREATE TABLE back (LIKE v)");
        session.track("v");
        session.run("SELECT write($w$INSERT INTO v (v) VALUES %s, (NULL)$w$)".formatted(values));
        session.run("SELECT write('UPDATE v SET v = v')", "SELECT write('DELETE FROM v WHERE id < 0')");

        String text = "(SELECT l.data->>'v' FROM cdc.change_log l WHERE l.op = '%s' AND (l.key->>'id')::int = v.id)";
        for (String op : List.of("c", "u")) {
            session.run(
                    "TRUNCATE back", "INSERT INTO back SELECT id, (%s)::%s FROM v".formatted(text.formatted(op), type));
            assertThat(
                            session.rows(
                                    "SELECT v.v::text, back.v::text FROM v LEFT JOIN back USING (id) WHERE NOT coalesce(v.* *= back.*, false)"))
                    .as("values that did not come back, op " + op)
                    .isEmpty();
        }
        assertThat(
                        session.value(
                                "SELECT count(*) FROM cdc.change_log, json_each(data) WHERE json_typeof(value) IN ('object', 'array')"))
                .isEqualTo("0");
        assertThat(
                        session.value(
                                "SELECT count(*) FROM cdc.change_log WHERE json_typeof(data->'v') = 'null' AND (key->>'id')::int < (SELECT max(id) FROM v)"))
                .isEqualTo("0");
        assertSnapshotReadsTheSame("v");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    numeric          | '1.0'            | '1.000'                | {"k" : 1}
                    numeric          | '100'            | '1e2'                  | {"k" : 100}
                    double precision | '-0'             | '0'                    | {"k" : 0}
                    real             | '-0'             | '0'                    | {"k" : 0}
                    real             | '0.1'            | '1e-1'                 | {"k" : 0.1}
                    char(4)          | 'a'              | 'a   '                 | {"k" : "a"}
                    text             | 'a '             | 'a '                   | {"k" : "a "}
                    timestamptz      | '2024-02-03 00:00+00' | '2024-02-03 09:00+09' | {"k" : "2024-02-03T00:00:00+00:00"}
                    inet             | '10.0.0.1'       | '10.0.0.1/32'          | {"k" : "10.0.0.1"}
                    uuid             | '{01234567-89AB-cdef-0123-456789abcdef}' | '0123456789abcdef0123456789abcdef' | {"k" : "01234567-89ab-cdef-0123-456789abcdef"}
                    bytea            | 'a'              | '\\x61'                | {"k" : "\\\\x61"}
                    colour           | 'red'            | 'red'                  | {"k" : "red"}
                    amount           | '7.50'           | '7.5'                  | {"k" : 7.5}
                    boolean          | 'on'             | 'true'                 | {"k" : true}
                    date             | 'infinity'       | 'infinity'             | {"k" : "infinity"}
                    """)
    void givesEqualKeysTheSameText(String type, String one, String other, String key) {
        session.run("CREATE TABLE k (k %s PRIMARY KEY, v int)".formatted(type));
        session.track("k");

        session.run(
                "SELECT write($w$INSERT INTO k VALUES (%s)$w$)".formatted(one),
                "UPDATE k SET k = %s".formatted(other),
                "UPDATE k SET v = 1 WHERE k = %s".formatted(one));
        session.run("SELECT write($w$DELETE FROM k WHERE k = %s$w$)".formatted(other));

        assertThat(session.rows("SELECT op, key FROM cdc.change_log ORDER BY id"))
                .containsExactly("c|" + key, "u|" + key, "u|" + key, "d|" + key);
        session.run("INSERT INTO k SELECT (key->>'k')::%s FROM cdc.change_log LIMIT 1".formatted(type));
        assertThat(session.value("SELECT k = %s FROM k".formatted(one))).isEqualTo("t");
    }

    @ParameterizedTest
    @ValueSource(strings = {"int", "text[]"})
    void logsGeneratedColumns(String other) {
        String virtual = session.serverVersion() >= 18 ? ", w int GENERATED ALWAYS AS (id * 3) VIRTUAL" : "";
        session.run("CREATE TABLE g (id int PRIMARY KEY, o %s, s int GENERATED ALWAYS AS (id * 2) STORED%s)"
                .formatted(other, virtual));
        Replay g = Replay.track(session, "public.g");

        session.run(
                "INSERT INTO g (id) VALUES (1), (2)", "UPDATE g SET id = 5 WHERE id = 1", "DELETE FROM g WHERE id = 2");

        g.assertInSync();
        assertThat(session.value("SELECT data->>'s' FROM cdc.change_log WHERE op = 'u'"))
                .isEqualTo("10");
        if (!virtual.isEmpty()) {
            assertThat(session.value("SELECT data->>'w' FROM cdc.change_log WHERE op = 'u'"))
                    .isEqualTo("15");
        }
    }

    @Test
    void pinsOnlyTheSettingsThatTheColumnsNeed() {
        session.run(
                "CREATE TABLE a (id int PRIMARY KEY, d date, t timestamp, s text[], n numeric, j jsonb)",
                "CREATE TABLE b (id timestamptz PRIMARY KEY, f float4[], r daterange, i interval, c bytea)");
        session.track("a");
        session.track("b");

        assertThat(
                        session.rows(
                                "SELECT array_to_string(proconfig, '; ') FROM pg_proc p JOIN cdc.tracked_table t ON proname = 'capture_' || t.id WHERE table_name IN ('a', 'b') ORDER BY table_name"))
                .containsExactly(
                        "search_path=pg_catalog, pg_temp; enable_seqscan=off; jit=off",
                        "search_path=pg_catalog, pg_temp; enable_seqscan=off; jit=off; DateStyle=ISO, YMD; IntervalStyle=postgres; TimeZone=UTC; bytea_output=hex; extra_float_digits=1");
    }

    @Test
    void storesLargeRowsUncompressed() {
        session.run("CREATE TABLE big (id int PRIMARY KEY, t text)");
        session.track("big");
        session.run("INSERT INTO big VALUES (1, repeat('x', 1000000))");

        assertThat(session.value("SELECT pg_column_size(data) > 1000000 FROM cdc.change_log"))
                .isEqualTo("t");
    }

    @Test
    void takesTablesWithManyColumns() {
        session.run(
                "DO $$ BEGIN EXECUTE (SELECT format('CREATE TABLE wide (id int PRIMARY KEY, a int[], %s)', string_agg(format('column_number_%s int', i), ', ')) FROM generate_series(1, 1500) i); END $$");
        Replay wide = Replay.track(session, "public.wide");
        session.run("INSERT INTO wide (id) VALUES (1), (2)", "UPDATE wide SET column_number_1500 = 7 WHERE id = 1");
        wide.assertInSync();
    }

    /** The producer reads its snapshot under the same settings, by the same expressions. */
    private void assertSnapshotReadsTheSame(String table) {
        session.run(
                "BEGIN",
                "SELECT set_config(name, value, true) FROM cdc.output_settings()",
                "SET LOCAL search_path = pg_catalog, pg_temp");
        String expression = session.value(
                "SELECT cdc.row_expression(relation) FROM cdc.tracked_table WHERE table_name = '%s'".formatted(table));
        assertThat(session.rows("SELECT %s FROM public.%s t ORDER BY id".formatted(expression, table)))
                .isEqualTo(session.rows("SELECT data FROM cdc.change_log WHERE op = 'u' ORDER BY (key->>'id')::int"));
        session.run("COMMIT");
    }
}
