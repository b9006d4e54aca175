package dev.tidemark.quickstart;

import dev.tidemark.stack.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What is in {@code public.employees} of one database. */
final class EmployeeTable implements AutoCloseable {

    private static final int ROWS_AT_ONCE = 1_000;
    private static final int KEYS_AT_ONCE = 10_000;
    private static final String MICROSECONDS = "(extract(epoch FROM %s) * 1000000)::bigint";
    private static final String ROW = "SELECT emp_id, t::text, "
            + MICROSECONDS.formatted("pg_xact_commit_timestamp(t.xmin)") + " FROM public.employees t";
    private static final String ALL = ROW + " ORDER BY emp_id";
    private static final String SOME = ROW + " WHERE emp_id = ANY (?)";
    /** Of the last so many transactions; only for their rows the time of the commit is looked up. */
    private static final String LATE = ROW + " WHERE age(t.xmin) < 1000 LIMIT 1000";

    private static final String KEYS = "SELECT emp_id FROM public.employees ORDER BY emp_id";
    private static final String COUNT = "SELECT count(*) FROM public.employees";
    private static final String EXISTS = "SELECT count(*) FROM public.employees WHERE emp_id = ?";
    private static final String NOW = "SELECT " + MICROSECONDS.formatted("clock_timestamp()");

    private final Connection connection;
    private final PreparedStatement exists;

    EmployeeTable(Database database) throws SQLException {
        connection = database.connect();
        exists = connection.prepareStatement(EXISTS);
    }

    long count() throws SQLException {
        return number(COUNT);
    }

    /** The server's clock, in microseconds like {@link Row#committed()}. */
    long now() throws SQLException {
        return number(NOW);
    }

    private long number(String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        }
    }

    boolean has(int key) throws SQLException {
        exists.setInt(1, key);
        try (ResultSet row = exists.executeQuery()) {
            row.next();
            return row.getInt(1) == 1;
        }
    }

    /** Rows that were changed by one of the last transactions. */
    List<Row> changedLately() throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(LATE)) {
            return list(statement);
        }
    }

    /** The rows of this table that have the keys of those. */
    Map<Integer, Row> rows(List<Row> others) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SOME)) {
            Object[] keys = others.stream().map(Row::key).toArray();
            statement.setArray(1, connection.createArrayOf("int4", keys));
            return list(statement).stream().collect(Collectors.toMap(Row::key, row -> row));
        }
    }

    private static List<Row> list(PreparedStatement statement) throws SQLException {
        List<Row> list = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery()) {
            for (Row row = next(rows); row != null; row = next(rows)) {
                list.add(row);
            }
        }
        return list;
    }

    /** By a cursor: memory does not grow with the table. The connection can do nothing else until the last row is read. */
    Rows all() throws SQLException {
        connection.setAutoCommit(false);
        Statement statement = connection.createStatement();
        statement.setFetchSize(ROWS_AT_ONCE);
        ResultSet rows = statement.executeQuery(ALL);
        return () -> next(rows);
    }

    /** In their order. */
    static void forEachKey(Connection connection, IntConsumer action) throws SQLException {
        connection.setAutoCommit(false); // or all rows would be fetched at once
        try (Statement statement = connection.createStatement()) {
            statement.setFetchSize(KEYS_AT_ONCE);
            try (ResultSet rows = statement.executeQuery(KEYS)) {
                while (rows.next()) {
                    action.accept(rows.getInt(1));
                }
            }
        }
        connection.commit();
    }

    private static @Nullable Row next(ResultSet rows) throws SQLException {
        return rows.next() ? new Row(rows.getInt(1), rows.getString(2), rows.getObject(3, Long.class)) : null;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
