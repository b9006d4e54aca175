package dev.tidemark.quickstart;

import dev.tidemark.stack.Database;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The foreign keys of a database's tables. Whoever writes with {@code session_replication_role = replica} is not checked by them, so that they are there says
 * nothing of the rows: these are looked at.
 */
final class ForeignKeys {

    /** Each with a query that counts the rows which refer to none; a row with a null in its reference refers to nothing. */
    private static final String ALL = """
            SELECT conrelid::regclass || '.' || conname, replace(pg_get_constraintdef(f.oid), ' NOT VALID', ''), convalidated,
              format('SELECT count(*) FROM ONLY %s c WHERE %s AND NOT EXISTS (SELECT FROM ONLY %s p WHERE %s)',
                conrelid::regclass, given, confrelid::regclass, same)
            FROM pg_constraint f
            CROSS JOIN LATERAL (
              SELECT string_agg(format('c.%I IS NOT NULL', a.attname), ' AND ') AS given, string_agg(format('p.%I = c.%I', b.attname, a.attname), ' AND ') AS same
              FROM unnest(conkey, confkey) k (here, there)
              JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = here
              JOIN pg_attribute b ON b.attrelid = confrelid AND b.attnum = there) k
            WHERE contype = 'f' ORDER BY 1
            """;

    private record Key(String definition, boolean validated, String orphans) {}

    /**
     * What is wrong at the destination, in words.
     *
     * @param count how many foreign keys the source has
     */
    record Result(int count, List<String> problems) {}

    private ForeignKeys() {}

    /** Whether the destination has the foreign keys that the source has, validated, and all its rows obey them. */
    static Result compare(Database source, Database destination) throws SQLException {
        try (Connection here = source.connect();
                Connection there = destination.connect()) {
            Map<String, Key> wanted = all(here);
            Map<String, Key> found = all(there);
            List<String> problems = new ArrayList<>();
            for (Map.Entry<String, Key> entry : wanted.entrySet()) {
                Key key = found.get(entry.getKey());
                if (key == null || !key.definition().equals(entry.getValue().definition())) {
                    problems.add("the destination lacks the foreign key " + entry.getKey());
                    continue;
                }
                if (!key.validated()) {
                    problems.add("the foreign key " + entry.getKey() + " is not validated");
                }
                long orphans = orphans(there, key);
                if (orphans > 0) {
                    problems.add("%d rows violate the foreign key %s".formatted(orphans, entry.getKey()));
                }
            }
            return new Result(wanted.size(), problems);
        }
    }

    private static Map<String, Key> all(Connection connection) throws SQLException {
        Map<String, Key> all = new TreeMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(ALL)) {
            while (row.next()) {
                all.put(row.getString(1), new Key(row.getString(2), row.getBoolean(3), row.getString(4)));
            }
        }
        return all;
    }

    private static long orphans(Connection connection, Key key) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(key.orphans())) {
            row.next();
            return row.getLong(1);
        }
    }
}
