package dev.tidemark.test;

import static dev.tidemark.test.TypeCase.of;

import java.util.List;
import java.util.stream.Stream;

/** The types of PostgreSQL and of its extensions, and some of one's own. */
final class Types {

    /** What the types of one's own need. */
    static final String DEFINITIONS = """
            CREATE SCHEMA "other Schema";
            CREATE TYPE mood AS ENUM ('sad', 'so so', 'HAPPY! "quoted", \\ and {braced}');
            CREATE TYPE "other Schema"."Mood" AS ENUM ('Sad', '');
            CREATE TYPE pair AS (a int, b text, c timestamptz, d float8);
            CREATE TYPE nested AS (p pair, ps pair[], m mood, i interval, doc jsonb);
            CREATE TYPE single AS (sole text);
            CREATE TYPE floats AS RANGE (subtype = float8);
            CREATE DOMAIN positive AS int CHECK (VALUE > 0);
            CREATE DOMAIN days AS date[];
            CREATE DOMAIN whole_pair AS pair;
            CREATE DOMAIN cents AS numeric(10, 2);
            CREATE DOMAIN price AS cents;
            CREATE DOMAIN "other Schema".code AS varchar(5);
            CREATE DOMAIN document AS json;
            CREATE TABLE pointed_at (id int PRIMARY KEY);
            CREATE SEQUENCE counted;
            """;

    /** Not with the others, as it is written only once in each way. */
    static final TypeCase LARGE = of("text").or("repeat('8 MiB €', 1048576)");

    private static final String HUGE_NUMBER = "repeat('9', 20000)||'.'||repeat('7', 9999)";

    private Types() {}

    static List<TypeCase> all() {
        return Stream.of(
                        numbers(),
                        texts(),
                        times(),
                        bits(),
                        documents(),
                        arrays(),
                        own(),
                        geometry(),
                        system(),
                        extensions())
                .flatMap(List::stream)
                .toList();
    }

    private static List<TypeCase> numbers() {
        return List.of(
                of("smallint", "-32768", "0", "32767"),
                of("integer", "-2147483648", "2147483647"),
                of("bigint", "-9223372036854775808", "9007199254740993", "9223372036854775807"),
                of(
                                "numeric",
                                "0",
                                "0.000",
                                "-0.0",
                                "1.000",
                                "1e-130",
                                "1e130",
                                "NaN",
                                "Infinity",
                                "-Infinity",
                                "123456789012345678901234567890.123456789012345678901234567890")
                        .or(HUGE_NUMBER, "'1e131071'", "'1e-16383'", "-0.00000000000000000001"),
                of("numeric(38,18)", "12345678901234567890.123456789012345678", "0", "NaN"),
                of("numeric(5,-2)", "1234567", "100").since(15),
                of(
                        "real",
                        "0.1",
                        "-0",
                        "NaN",
                        "Infinity",
                        "-Infinity",
                        "1.4e-45",
                        "1.1754944e-38",
                        "3.4028235e38",
                        "16777217"),
                of(
                        "double precision",
                        "0.30000000000000004",
                        "-0",
                        "NaN",
                        "Infinity",
                        "-Infinity",
                        "5e-324",
                        "2.2250738585072014e-308",
                        "1.7976931348623157e308",
                        "9007199254740993"),
                of("money", "-92233720368547758.08", "92233720368547758.07", "-0.01", "1234567.89"),
                of("boolean", "t", "f"),
                of("oid", "0", "4294967295"));
    }

    private static List<TypeCase> texts() {
        return List.of(
                of(
                                "text",
                                "",
                                " ",
                                "  both  ",
                                "null",
                                "NULL",
                                "\\N",
                                "it's",
                                "\"quoted\"",
                                "back\\slash",
                                "{\"a\":1}",
                                "-0",
                                "1e5",
                                "<&>")
                        .or(
                                "E'tab\\tnew\\nline\\rreturn'",
                                "(SELECT string_agg(chr(i), '') FROM generate_series(1, 31) i) || chr(127) || chr(128) || chr(159)")
                        .or(
                                "U&'\\2028\\2029\\FEFF\\FFFD\\FFFF\\+10FFFF'",
                                "U&'Zoe\\0308 \\+01F469\\200D\\+01F469\\200D\\+01F467'"),
                of("varchar(5)", "", "a    ", "äöüß€", "     "),
                of("varchar", "unbounded  "),
                of("char(5)", "", "a", "abcde", "ä"),
                of("bpchar", "", "a   "),
                of("\"char\"", "", "x", "\"").or("'\\'"),
                of("\"char\"", "\\200", "\\377").since(16),
                of("name", "", "n", "sixty-three bytes sixty-three bytes sixty-three bytes sixty-thr"),
                of("text COLLATE \"C\"", "Ä", "z"),
                of("refcursor", "<unnamed portal 1>"));
    }

    private static List<TypeCase> times() {
        return List.of(
                of("date", "2024-02-29", "infinity", "-infinity", "0044-03-15 BC", "4713-01-01 BC", "5874897-12-31"),
                of("time", "00:00", "24:00:00", "23:59:59.999999", "12:34:56.000001"),
                of("time(2)", "12:34:56.78"),
                of("timetz", "00:00+00", "24:00:00-15:59:59", "12:34:56.789012+05:30"),
                of(
                        "timestamp",
                        "2024-02-29 12:34:56.789012",
                        "infinity",
                        "-infinity",
                        "4714-11-24 00:00:00 BC",
                        "294276-12-31 23:59:59.999999",
                        "1999-12-31 23:59:59.9"),
                of("timestamp(3)", "2024-02-29 12:34:56.789"),
                of(
                        "timestamptz",
                        "2024-10-27 02:30:00+02",
                        "2024-10-27 02:30:00+01",
                        "infinity",
                        "-infinity",
                        "4714-11-24 00:00:00+00 BC",
                        "294276-12-31 23:59:59.999999+00",
                        "1883-11-18 12:03:57-04:56:02"),
                of(
                        "interval",
                        "0",
                        "1 year 2 mons -3 days 04:05:06.789",
                        "-1 year +2 mons -3 days -04:05:06.789",
                        "1 mon",
                        "30 days",
                        "720:00",
                        "-00:00:00.000001",
                        "178000000 years",
                        "-178000000 years",
                        "2147483647 days"),
                of("interval", "infinity", "-infinity").since(17),
                of("interval year to month", "1 year 2 mons"),
                of("interval(0)", "00:00:59"));
    }

    private static List<TypeCase> bits() {
        return List.of(
                of("bytea", "", "\\x00", "\\x0001ff5c270a0d", "\\x5c")
                        .or(
                                "(SELECT string_agg(set_byte('\\x00', 0, i), NULL ORDER BY i) FROM generate_series(0, 255) i)"),
                of("bit(3)", "101", "000"),
                of("bit", "1"),
                of("varbit", "", "0", "1010101010101010101"),
                of("varbit(8)", "0101"),
                of(
                        "uuid",
                        "00000000-0000-0000-0000-000000000000",
                        "01234567-89ab-cdef-0123-456789abcdef",
                        "ffffffff-ffff-ffff-ffff-ffffffffffff"),
                of("inet", "10.0.0.1", "10.0.0.1/8", "0.0.0.0/0", "::1", "2001:db8::1/64", "::ffff:10.0.0.1"),
                of("cidr", "10.0.0.0/8", "10.0.0.1/32", "2001:db8::/32", "0.0.0.0/0"),
                of("macaddr", "08:00:2b:01:02:03", "ff:ff:ff:ff:ff:ff"),
                of("macaddr8", "08:00:2b:01:02:03:04:05"));
    }

    private static List<TypeCase> documents() {
        return List.of(
                of(
                        "json",
                        "null",
                        "\"x\"",
                        "{\"a\" : 1, \"a\": 1.000e5, \"b\":\"\\u0000\"}",
                        " [1,  2] ",
                        "{\"\":1e400}",
                        "\"\\ud83d\\ude00 \\u00e9\"",
                        "true"),
                of(
                        "jsonb",
                        "null",
                        "\"x\"",
                        "{\"a\": [1.00, null]}",
                        "12345678901234567890123.450",
                        "{\"b\":1,\"a\":2,\"b\":3}",
                        "[]"),
                of("jsonpath", "$", "strict $.\"a\"[*] ? (@ > 1)", "$.a.\"b \\\"c\""),
                of(
                                "xml",
                                "",
                                "<a b=\"c\">d</a>",
                                "text only",
                                "<a/><b/>",
                                "<!-- c --><a><![CDATA[<&>]]></a>",
                                "<a>ü</a>")
                        .or(
                                "XMLPARSE(DOCUMENT '<?xml version=\"1.0\"?><a>1</a>')",
                                "XMLPARSE(DOCUMENT '<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>' || chr(10) || '<a>2</a>')",
                                "XMLPARSE(DOCUMENT '<!DOCTYPE a [<!ELEMENT a ANY>]><a/>')"),
                of("tsvector", "", "'a':1A 'b':2", "'it''s':1 'back\\\\slash' 'x y':16383"),
                of("tsquery", "", "'a' & 'b':*A | !'c'", "'a' <-> 'b' <3> 'it''s'"));
    }

    private static List<TypeCase> arrays() {
        return List.of(
                of(
                        "int[]",
                        "{}",
                        "{1,NULL,3}",
                        "[0:2]={1,2,3}",
                        "[-5:-4][7:8]={{1,2},{3,4}}",
                        "{{1,2},{3,4}}",
                        "{{{1}},{{NULL}}}"),
                of("int[3]", "{1,2,3,4}"),
                of("text[]", "{}", "{\"\",NULL,\"NULL\",\"a,b\",\"\\\\\",\"\\\"\",\" \",é,\"{}\"}")
                        .or("ARRAY[E'\\t\\n\\r', chr(1), '💥']"),
                of("varchar(5)[]", "{\"a    \",NULL}"),
                of("char(3)[]", "{a,\"\"}"),
                of("float8[]", "{-0,0.30000000000000004,NaN,-Infinity,5e-324}"),
                of("float4[]", "{-0,0.1,1.4e-45}"),
                of("numeric[]", "{1.00,NaN,1e-20,Infinity}"),
                of("date[]", "{infinity,\"0044-03-15 BC\"}"),
                of("timestamp[]", "{infinity,\"2024-02-03 04:05:06.7\"}"),
                of("timestamptz[]", "{\"2024-02-03 04:05:06+00\",-infinity,\"0044-03-15 10:00+00 BC\"}"),
                of("timetz[]", "{\"12:34:56+05:30\"}"),
                of("interval[]", "{\"-1 year 2 days\",\"-00:00:01\"}"),
                of("bytea[]", "{}").or("ARRAY['\\x00ff5c22'::bytea, NULL, '']"),
                of("money[]", "{-1.5,1234.5}"),
                of("json[]", "{}").or("ARRAY['null'::json, NULL, '{\"a\" :1,\"a\":2}', '\"\\u0000\"']"),
                of("jsonb[]", "{}").or("ARRAY['null'::jsonb, NULL, '\"x\"', '[1.0]']"),
                of("xml[]", "{}").or("ARRAY['<a b=\"c\"/>'::xml, NULL]"),
                of("point[]", "{\"(0.1,-0)\",NULL}"),
                of("box[]", "{(1,1),(0,0);(2,2),(1,1)}"),
                of("bool[]", "{t,NULL,f}"),
                of("uuid[]", "{01234567-89ab-cdef-0123-456789abcdef}"),
                of("int2vector", "", "1 2 3"),
                of("oidvector", "", "1 4294967295"));
    }

    private static List<TypeCase> own() {
        return List.of(
                of("mood", "sad", "so so", "HAPPY! \"quoted\", \\ and {braced}"),
                of("mood[]", "{sad,\"so so\",NULL}").or("ARRAY['HAPPY! \"quoted\", \\ and {braced}'::mood]"),
                of("\"other Schema\".\"Mood\"", "Sad", ""),
                of("pair")
                        .or(
                                "ROW(1, 'a\"b,c\\d (', '2024-02-03 04:05:06+09', 0.1)",
                                "ROW(NULL, NULL, NULL, NULL)",
                                "ROW(-1, '', 'infinity', '-0')",
                                "ROW(0, 'null', '0044-03-15 10:00+00 BC', 'NaN')"),
                of("pair[]", "{}")
                        .or(
                                "ARRAY[ROW(1, 'a', '2024-02-03 04:05:06+00', 0.1)::pair, NULL, ROW(NULL, NULL, NULL, NULL)]"),
                of("single", "()").or("ROW('')", "ROW('(a,\"b\")')"),
                of("nested")
                        .or(
                                "ROW(ROW(1, 'x', '-infinity', 5e-324), ARRAY[ROW(2, 'y\"z', 'epoch', 1)::pair, NULL], 'so so', '-1 mon +1 day', '{\"a\": null}')",
                                "ROW(NULL, '{}', NULL, NULL, 'null')"),
                of("positive", "5"),
                of("positive[]", "{1,NULL}"),
                of("days", "{2024-02-03,infinity}", "{}"),
                of("whole_pair").or("ROW(7, 'd', '2024-02-03 04:05:06+00', 1e300)"),
                of("price", "1.50", "-99999999.99"),
                of("\"other Schema\".code", "ab   "),
                of("document", "{\"a\" :1,\"a\":2}", "null"),
                of("int4range", "empty", "[1,5)", "(,)", "[,5)", "[-2147483648,2147483647)"),
                of("int8range", "[-9223372036854775808,9223372036854775807)"),
                of("numrange", "[1.10,2.200]", "(NaN,)", "[-Infinity,Infinity]"),
                of("daterange", "[2024-02-03,infinity)", "[-infinity,infinity]"),
                of("tsrange", "[\"2024-02-03 04:05:06\",infinity)", "empty"),
                of("tstzrange", "[2024-02-03 04:05:06+09,)", "(,infinity]"),
                of("floats", "[0.1,0.30000000000000004)", "[-0,NaN]"),
                of("int4multirange", "{}", "{[1,5),[7,)}"),
                of("nummultirange", "{[1.50,2.5),[3,4]}"),
                of("tstzmultirange", "{[2024-02-03 04:05:06+00,2024-02-04 00:00:00+00)}"),
                of("tstzrange[]", "{\"[2024-02-03 04:05:06+00,)\",empty}"));
    }

    private static List<TypeCase> geometry() {
        return List.of(
                of("point", "(0.1,-1e-10)", "(NaN,Infinity)", "(-0,5e-324)"),
                of("line", "{1,-0.30000000000000004,3}"),
                of("lseg", "[(0.1,0.2),(3,4)]"),
                of("box", "(1.1,2.2),(0.30000000000000004,0)"),
                of("path", "((0,0),(0.1,1))", "[(0,0),(0.1,1)]"),
                of("polygon", "((0,0),(0.1,1),(-0,5e-324))"),
                of("circle", "<(0.1,0.2),0.30000000000000004>"));
    }

    private static List<TypeCase> system() {
        return List.of(
                of("regclass", "pg_class", "-", "987654321").or("'pointed_at'", "'counted'"),
                of("regclass[]", "{pg_class,pg_catalog.pg_type}"),
                of("regprocedure", "pg_sleep(double precision)", "pg_catalog.lower(text)"),
                of("regoperator", "+(integer,integer)", "-(NONE,bigint)"),
                of("regtype", "integer", "timestamp with time zone", "text[]", "-")
                        .or("'mood'", "'\"other Schema\".\"Mood\"'"),
                of("regrole", "pg_monitor", "-"),
                of("regnamespace", "pg_catalog").or("'\"other Schema\"'"),
                of("regconfig", "simple", "english"),
                of("regdictionary", "simple"),
                of("regcollation", "\"C\"", "-"),
                of("pg_lsn", "0/0", "16/B374D848", "FFFFFFFF/FFFFFFFF"),
                of("xid", "0", "4294967295"),
                of("cid", "0", "4294967295"),
                of("tid", "(0,0)", "(4294967295,65535)"),
                of("xid8", "0", "18446744073709551615"),
                of("pg_snapshot", "10:20:10,14,15", "1:1:"),
                of("txid_snapshot", "10:20:10,14,15"),
                of("aclitem", "=r/pg_monitor", "pg_monitor=arwdDxt/pg_monitor"));
    }

    private static List<TypeCase> extensions() {
        return List.of(
                of("hstore", "", "a=>1, b=>NULL, \"c d\"=>\"e\\\"f\", \"NULL\"=>\"null\"")
                        .from("hstore"),
                of("hstore[]", "{}").or("ARRAY['a=>\"b,c\"'::hstore, NULL]").from("hstore"),
                of("citext", "Ab", "", "ÄÖ").from("citext"),
                of("citext[]", "{Ab,NULL}").from("citext"),
                of("ltree", "", "Top.Science.a_1").from("ltree"),
                of("lquery", "Top.*{1,2}.!a|b@*").from("ltree"),
                of("ltxtquery", "a & !b*@").from("ltree"),
                of("cube", "(0.1,2),(3,0.30000000000000004)", "(0)").from("cube"),
                of("seg", "1.0 .. 2.50", "~5.0", "<3").from("seg"),
                of("isbn13", "978-0-393-04002-9").from("isn"));
    }
}
