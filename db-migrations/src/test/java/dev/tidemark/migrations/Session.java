package dev.tidemark.migrations;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.postgresql.util.PSQLException;

/** One session at a database, in which SQL is short to write. */
record Session(Connection connection) implements AutoCloseable {

    Session run(String... statements) {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
            return this;
        } catch (SQLException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    /** The rows of a query, each with its columns as text, joined by a bar. */
    List<String> rows(String sql) {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            List<String> rows = new ArrayList<>();
            while (row.next()) {
                rows.add(String.join("|", columns(row)));
            }
            return rows;
        } catch (SQLException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    String value(String sql) {
        return rows(sql).get(0);
    }

    int track(String table) {
        return Integer.parseInt(value("SELECT cdc.track('%s')".formatted(table.replace("'", "''"))));
    }

    /** The error of a statement that must fail. */
    PSQLException failure(String sql) {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (PSQLException e) {
            return e;
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        throw new AssertionError("did not fail: " + sql);
    }

    int serverVersion() {
        return Integer.parseInt(value("SHOW server_version_num")) / 10000;
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> columns(ResultSet row) throws SQLException {
        int count = row.getMetaData().getColumnCount();
        List<String> columns = new ArrayList<>();
        for (int column : IntStream.rangeClosed(1, count).toArray()) {
            columns.add(String.valueOf(row.getString(column)));
        }
        return columns;
    }
}
