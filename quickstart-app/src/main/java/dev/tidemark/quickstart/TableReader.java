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
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What is in a table of one database. */
final class TableReader implements AutoCloseable {

    private static final int ROWS_AT_ONCE = 1_000;
    private static final String MICROSECONDS = "(extract(epoch FROM %s) * 1000000)::bigint";
    private static final String NOW = "SELECT " + MICROSECONDS.formatted("clock_timestamp()");

    private final Table table;
    private final Connection connection;

    TableReader(Database database, Table table) throws SQLException {
        this.table = table;
        this.connection = database.connect();
    }

    Table table() {
        return table;
    }

    long count() throws SQLException {
        return number("SELECT count(*) FROM " + table.name());
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

    boolean has(List<Long> key) throws SQLException {
        return !rows(List.of(new Row(key, "", null))).isEmpty();
    }

    /** Rows that were changed by one of the last transactions. Only for their rows the time of the commit is looked up. */
    List<Row> changedLately() throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement(select() + " WHERE age(t.xmin) < 1000 LIMIT 1000")) {
            return list(statement);
        }
    }

    /** The rows of this table that have the keys of those. */
    Map<List<Long>, Row> rows(List<Row> others) throws SQLException {
        String keys = table.key().stream().map(column -> "?::bigint[]").collect(Collectors.joining(", "));
        String some = select() + " WHERE (%s) IN (SELECT * FROM unnest(%s))".formatted(table.keyColumns(), keys);
        try (PreparedStatement statement = connection.prepareStatement(some)) {
            for (int i = 0; i < table.key().size(); i++) {
                int part = i;
                Object[] values =
                        others.stream().map(row -> row.key().get(part)).toArray();
                statement.setArray(i + 1, connection.createArrayOf("int8", values));
            }
            return list(statement).stream().collect(Collectors.toMap(Row::key, row -> row));
        }
    }

    private List<Row> list(PreparedStatement statement) throws SQLException {
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
        ResultSet rows = statement.executeQuery(select() + " ORDER BY " + table.keyColumns());
        return () -> next(rows);
    }

    private String select() {
        return "SELECT t::text, %s, %s FROM %s t"
                .formatted(
                        MICROSECONDS.formatted("pg_xact_commit_timestamp(t.xmin)"), table.keyColumns(), table.name());
    }

    private @Nullable Row next(ResultSet rows) throws SQLException {
        if (!rows.next()) {
            return null;
        }
        List<Long> key = new ArrayList<>();
        for (int i = 0; i < table.key().size(); i++) {
            key.add(rows.getLong(3 + i));
        }
        return new Row(List.copyOf(key), rows.getString(1), rows.getObject(2, Long.class));
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
