package dev.tidemark.test;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;

/**
 * A type of PostgreSQL with values at random, common ones and those at its edges.
 *
 * @param sql its name
 * @param literal makes a value's text, without quotes
 */
record RandomType(String sql, Function<Random, String> literal) {

    private static final int NULL_IN = 12;

    private static final String[] WORDS = {
        "",
        " ",
        "plain",
        "it's",
        "\"quoted\"",
        "back\\slash",
        "tab\tnew\nline",
        "{a,b}",
        "(1,2)",
        "NULL",
        "Zoë ☕ \uD83D\uDE00",
        "<&>",
        "\u0001\u007f",
        "ff \u2028 \uFEFF",
        "null",
        "-0",
        "1e5",
        "x".repeat(3_000)
    };

    static final RandomType INTEGER =
            of("int", "0", "-1", "2147483647", "-2147483648").or(r -> "" + r.nextInt(1000));
    static final RandomType BIGINT = of("bigint", "9007199254740993", "-9223372036854775808", "9223372036854775807")
            .or(r -> "" + r.nextInt(500));
    static final RandomType TEXT = of("text", WORDS).or(r -> WORDS[r.nextInt(WORDS.length)] + r.nextInt(300));
    static final RandomType UUIDS = new RandomType("uuid", r -> new UUID(r.nextLong(), r.nextLong()).toString());
    static final RandomType DATE = of("date", "infinity", "-infinity", "0044-03-15 BC", "5874897-12-31", "2024-02-29")
            .or(r -> "20%02d-%02d-%02d".formatted(r.nextInt(100), 1 + r.nextInt(12), 1 + r.nextInt(28)));
    static final RandomType NUMERIC = of(
                    "numeric",
                    "0",
                    "0.00",
                    "NaN",
                    "-0.000000000000000000001",
                    "12345678901234567890.123456789012345678901234567890",
                    "1e100")
            .or(r -> "%d.%d".formatted(r.nextInt(), r.nextInt(1000)));
    static final RandomType TIMESTAMPTZ = of(
                    "timestamptz",
                    "infinity",
                    "0001-01-01 00:00:00+00 BC",
                    "294276-12-31 23:59:59.999999+00",
                    "2024-10-27 02:30:00+02")
            .or(r -> "2024-01-01 00:00:00.%06d+00".formatted(r.nextInt(1_000_000)));

    /** The kinds of keys. */
    static final List<List<RandomType>> KEYS = List.of(
            List.of(BIGINT),
            List.of(TEXT),
            List.of(UUIDS),
            List.of(INTEGER, TEXT),
            List.of(DATE, NUMERIC, of("boolean", "t", "f")),
            List.of(TIMESTAMPTZ, of("mood", "sad", "so so", "HAPPY!")),
            List.of(of("bytea", "\\x", "\\x00", "\\xdeadbeef", "\\x22"), of("char(6)", "", "a", "abc  ", "ü")),
            List.of(of("double precision", "0", "-0", "NaN", "-Infinity", "0.1"), of("score", "0", "1", "2", "99")));

    static final List<RandomType> ALL = List.of(
            INTEGER,
            BIGINT,
            TEXT,
            UUIDS,
            DATE,
            NUMERIC,
            TIMESTAMPTZ,
            of("smallint", "0", "-32768", "32767"),
            of("numeric(12,4)", "0", "99999999.9999", "-1.5", "NaN"),
            of("real", "0", "-0", "NaN", "Infinity", "1.1754944e-38", "0.1", "3.4028235e38"),
            of(
                    "double precision",
                    "0",
                    "-0",
                    "NaN",
                    "-Infinity",
                    "5e-324",
                    "0.1",
                    "1.7976931348623157e308",
                    "123456789.123456789"),
            of("varchar(50)", "", "it's", "ünïcödé"),
            of("char(6)", "", "a", "abc  ", "ü"),
            of("\"char\"", "", "x", "\\200"),
            of("boolean", "t", "f"),
            new RandomType("bytea", r -> "\\x" + HexFormat.of().formatHex(bytes(r))),
            of("time", "00:00", "24:00:00", "12:34:56.789012"),
            of("timetz", "00:00+00", "23:59:59.999999-15:59:59", "12:00+05:30"),
            of("timestamp", "infinity", "-infinity", "4713-01-01 00:00:00 BC", "2024-02-29 12:34:56.7"),
            of("timestamptz(3)", "2024-06-30 23:59:59.9996+02", "-infinity"),
            of("interval", "0", "1 year 2 mons -3 days 04:05:06.789", "-178000000 years", "1 mon -1 day"),
            of("money", "0", "-1234567.89", "92233720368547758.07"),
            of("inet", "192.168.0.1/24", "::1", "10.0.0.1"),
            of("cidr", "10.0.0.0/8", "2001:db8::/32"),
            of("macaddr", "08:00:2b:01:02:03"),
            of("bit(5)", "10101", "00000"),
            of("varbit", "", "1", "1010101"),
            of("point", "(1.5,-2)", "(0.1,1e300)", "(NaN,Infinity)"),
            of("polygon", "((0,0),(1,1),(1,0))"),
            of("json", "null", "{\"b\": 1, \"a\" : [1.10, 1e400], \"a\": \"dup\"}", "  [ ]  ", "\"\\u00e9\""),
            of("jsonb", "null", "{\"n\": 1.10, \"big\": 12345678901234567890123}", "[]", "\"x\""),
            of("int[]", "{}", "{1,NULL,3}", "[0:2]={1,2,3}", "{{1,2},{3,4}}"),
            of("text[]", "{}", "{\"\",NULL,\"NULL\",\"a,b\",\"q\\\"q\"}"),
            of("mood", "sad", "so so", "HAPPY!"),
            of("mood[]", "{sad,NULL}", "{}"),
            of("pair", "(1,one)", "(,)", "(2,\"a,b \"\"c\"\"\")"),
            of("score", "0", "7"),
            of("int4range", "empty", "[1,5)", "(,)"),
            of("tstzrange", "[2024-01-01 00:00+00,infinity]", "empty"),
            of("tsvector", "'a':1 'b':2A", ""),
            of("tsquery", "'a' & 'b':*"),
            of("oid", "0", "4294967295"),
            of("pg_lsn", "16/B374D848"),
            of("jsonpath", "$.\"a\"[*]?(@ > 1)"));

    private static RandomType of(String sql, String... values) {
        return new RandomType(sql, r -> values[r.nextInt(values.length)]);
    }

    /** Half of the values by this. */
    private RandomType or(Function<Random, String> other) {
        return new RandomType(sql, r -> r.nextBoolean() ? literal.apply(r) : other.apply(r));
    }

    /** A value as an SQL expression; columns may be null, keys are not as PostgreSQL would refuse that. */
    String value(Random random) {
        boolean isKey = KEYS.stream().anyMatch(key -> key.contains(this));
        if (!isKey && random.nextInt(NULL_IN) == 0) {
            return "NULL";
        }
        return "'" + literal.apply(random).replace("'", "''") + "'::" + sql;
    }

    private static byte[] bytes(Random random) {
        byte[] bytes = new byte[random.nextInt(40)];
        random.nextBytes(bytes);
        return Arrays.copyOf(bytes, bytes.length);
    }
}
