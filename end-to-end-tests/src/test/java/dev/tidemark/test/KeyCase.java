package dev.tidemark.test;

import static java.util.stream.Collectors.joining;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A kind of key, with keys in no order.
 *
 * @param label what the row of the matrix is called
 * @param columns the key's columns, as they are declared
 * @param keys each a tuple of SQL expressions; half of them are there at first, the others come later
 * @param constraint what the key is made of, with %s for its columns
 */
record KeyCase(String label, String columns, List<String> keys, String constraint) {

    private static final String PRIMARY_KEY = "PRIMARY KEY (%s) DEFERRABLE";

    static Stream<KeyCase> all() {
        return Stream.of(
                of("smallint", "-32768", "32767", "0", "-1", "7", "8"),
                of("integer", "-2147483648", "2147483647", "0", "5", "-5", "10"),
                of("bigint", "-9223372036854775808", "9007199254740993", "9223372036854775807", "0", "9", "10"),
                of(
                        "numeric",
                        "1.0",
                        "1.000000000000000000000001",
                        "-0.50",
                        "100",
                        "NaN",
                        "Infinity",
                        "-Infinity",
                        "1e-30",
                        "123456789012345678901234567890.10"),
                of("numeric(10,2)", "1.50", "1.51", "-7", "0", "99", "12.34"),
                of("real", "-0", "0.1", "NaN", "-Infinity", "1.4e-45", "3.4028235e38"),
                of("double precision", "-0", "0.30000000000000004", "0.3", "NaN", "Infinity", "5e-324"),
                of("money", "-1.50", "0", "92233720368547758.07", "1234.5", "7", "8"),
                of("boolean", "f", "t"),
                of(
                                "text",
                                "",
                                " ",
                                "a ",
                                "a",
                                "A",
                                "ä",
                                "Z",
                                "it's",
                                "\"q\"",
                                "back\\slash",
                                "a,b",
                                "{\"a\":1}",
                                "null",
                                "👩‍👩‍👧",
                                "z\uFFFD",
                                "1",
                                "10",
                                "9")
                        .or("E'tab\\t'", "chr(1)", "E'new\\nline'"),
                of("text COLLATE \"C\"", "", "b", "B", "ä", "é", "\uFFFD", "👩"),
                of("text COLLATE \"und-x-icu\"", "", "b", "B", "ä", "é", "co-op", "coop", "CO-OP", "a b", "ab"),
                of("varchar(20)", "x", "x ", "", "Y", "y", "_"),
                of("char(8)", "a", "b  ", "", "ab", "B", "ä"),
                of("name", "n", "N", "_", "", "9", "zz"),
                of("\"char\"", "a", "b", "", "Z", "9", "_"),
                of(
                        "uuid",
                        "00000000-0000-0000-0000-000000000000",
                        "ffffffff-ffff-ffff-ffff-ffffffffffff",
                        "80000000-0000-0000-0000-000000000000",
                        "7fffffff-ffff-ffff-ffff-ffffffffffff",
                        "01234567-89ab-cdef-0123-456789abcdef",
                        "fedcba98-7654-3210-fedc-ba9876543210"),
                of("bytea", "", "\\x00", "\\x0000", "\\xff", "\\x7f80", "\\x5c22"),
                of("date", "2024-02-29", "infinity", "-infinity", "0044-03-15 BC", "4713-01-01 BC", "5874897-12-31"),
                of("time", "00:00", "24:00", "12:34:56.000001", "12:34:56", "23:59:59.999999", "01:00"),
                of("timetz", "12:00+00", "12:00+05:30", "11:00-01", "00:00+00", "24:00-15:59", "06:30+00"),
                of(
                        "timestamp",
                        "2024-02-29 12:00",
                        "infinity",
                        "-infinity",
                        "0044-03-15 10:00 BC",
                        "1999-12-31 23:59:59.999999",
                        "2000-01-01"),
                of(
                        "timestamptz",
                        "2024-10-27 02:30+02",
                        "2024-10-27 02:30+01",
                        "infinity",
                        "-infinity",
                        "0044-03-15 10:00+00 BC",
                        "1883-11-18 12:03:57-04:56:02"),
                of("inet", "10.0.0.1", "10.0.0.1/8", "9.255.255.255", "::1", "2001:db8::1/64", "0.0.0.0/0"),
                of("cidr", "10.0.0.0/8", "10.0.0.0/16", "::/0", "2001:db8::/32", "0.0.0.0/0", "10.1.0.0/16"),
                of("macaddr", "08:00:2b:01:02:03", "ff:ff:ff:ff:ff:ff", "00:00:00:00:00:00", "08:00:2b:01:02:04"),
                of("macaddr8", "08:00:2b:01:02:03:04:05", "ff:ff:ff:ff:ff:ff:ff:ff", "00:00:00:00:00:00:00:01"),
                of("bit(4)", "0000", "1000", "0111", "1111", "0001", "0010"),
                of("varbit", "", "0", "1", "10", "01", "0000"),
                of("oid", "0", "4294967295", "2147483648", "10", "9"),
                of("pg_lsn", "0/0", "FFFFFFFF/FFFFFFFF", "16/B374D848", "2/0", "10/0"),
                of("xid8", "0", "18446744073709551615", "9", "10"),
                of("mood", "sad", "so so", "HAPPY! \"quoted\", \\ and {braced}"),
                of("price", "1.50", "-1.5", "0", "100.00", "7", "8"),
                new KeyCase(
                        "two columns",
                        "a int, b text",
                        List.of("1, 'x'", "1, 'X'", "-1, ''", "2, 'a'", "1, 'y '", "2, ''"),
                        PRIMARY_KEY),
                new KeyCase(
                        "columns of five types",
                        "a date, b numeric, c boolean, d uuid, e \"other Schema\".\"Mood\"",
                        List.of(
                                "'infinity', 1.0, true, gen_random_uuid(), 'Sad'",
                                "'2024-01-01', 'NaN', false, gen_random_uuid(), ''",
                                "'2024-01-01', 0.10, true, gen_random_uuid(), 'Sad'",
                                "'-infinity', 1, true, gen_random_uuid(), 'Sad'",
                                "'2024-01-01', 0.1, false, gen_random_uuid(), ''"),
                        PRIMARY_KEY),
                new KeyCase(
                        "32 columns",
                        IntStream.range(0, 32).mapToObj(i -> "k" + i + " int").collect(joining(", ")),
                        IntStream.of(3, 1, 2, 5, 4)
                                .mapToObj(n -> IntStream.range(0, 32)
                                        .mapToObj(i -> i < 31 ? "0" : "" + n)
                                        .collect(joining(", ")))
                                .toList(),
                        PRIMARY_KEY),
                of("text", "b", "", "a ", "B", "ä", "c")
                        .uniqueIndex(
                                "a unique constraint instead of a primary key",
                                "CONSTRAINT chosen UNIQUE (%s) DEFERRABLE"),
                of("numeric", "1.0", "2", "1.5", "-1", "0", "10")
                        .uniqueIndex(
                                "a unique constraint beside the primary key",
                                "id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, CONSTRAINT chosen UNIQUE (%s) INCLUDE (n) DEFERRABLE"));
    }

    private KeyCase uniqueIndex(String name, String with) {
        return new KeyCase(name, columns + " NOT NULL", keys, with);
    }

    boolean isChosen() {
        return !constraint.equals(PRIMARY_KEY);
    }

    String ddl(String table) {
        return "CREATE TABLE %s (n int, %s, %s)"
                .formatted(table, columns, constraint.formatted(names()).replace("chosen", index(table)));
    }

    /** The name of the index that is chosen. */
    static String index(String table) {
        return table.replace("public.", "") + "_chosen";
    }

    /** Inserts every second key. */
    String insert(String table, int from) {
        return "INSERT INTO %s (n, %s) VALUES %s"
                .formatted(
                        table,
                        names(),
                        IntStream.range(0, keys.size())
                                .filter(i -> i % 2 == from)
                                .mapToObj(i -> "(%d, %s)".formatted(i, keys.get(i)))
                                .collect(joining(", ")));
    }

    /** Inserts all keys that are not there. (ON CONFLICT takes no deferrable constraints.) */
    String insertMissing(String table) {
        return """
                CREATE TEMPORARY TABLE more AS SELECT n, %2$s FROM %1$s WITH NO DATA; %3$s; %4$s;
                INSERT INTO %1$s (n, %2$s) SELECT n, %2$s FROM more WHERE (%2$s) NOT IN (SELECT %2$s FROM %1$s)
                """.formatted(table, names(), insert("more", 0), insert("more", 1));
    }

    /** Gives each row the key of the next one, in one statement. */
    String rotate(String table) {
        return """
                WITH o AS (SELECT %2$s, row_number() OVER (ORDER BY %2$s) AS place, count(*) OVER () AS places FROM %1$s)
                UPDATE %1$s t SET (%2$s) = (SELECT %2$s FROM o next WHERE next.place = o.place %% o.places + 1) FROM o WHERE (%3$s) = (%4$s)
                """.formatted(table, names(), prefixed("t."), prefixed("o."));
    }

    private String prefixed(String alias) {
        return Arrays.stream(names().split(", ")).map(name -> alias + name).collect(joining(", "));
    }

    private static KeyCase of(String type, String... texts) {
        return new KeyCase(
                type,
                "k " + type,
                Arrays.stream(texts)
                        .map(text -> "'" + text.replace("'", "''") + "'")
                        .toList(),
                PRIMARY_KEY);
    }

    private KeyCase or(String... expressions) {
        return new KeyCase(
                label,
                columns,
                Stream.concat(keys.stream(), Arrays.stream(expressions)).toList(),
                constraint);
    }

    /** The names of the columns. */
    String names() {
        return Arrays.stream(columns.split(", "))
                .map(column -> column.replaceFirst(" .*", ""))
                .collect(joining(", "));
    }

    @Override
    public String toString() {
        return label;
    }
}
