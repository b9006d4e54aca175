package dev.tidemark.test;

import dev.tidemark.stack.Database;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * A database of one test in a server that tests share.
 *
 * @param server where it is
 * @param name its name, fit for SQL without quotes
 */
record TestDatabase(Database server, String name) {

    static TestDatabase create(Database server, String name) {
        server.execute("CREATE DATABASE " + name);
        return new TestDatabase(server, name);
    }

    /** Removes it with all sessions and prepared transactions in it. */
    void drop() {
        column("SELECT gid FROM pg_prepared_xacts WHERE database = current_database()")
                .forEach(gid -> execute("ROLLBACK PREPARED '" + gid + "'"));
        server.execute("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
    }

    String jdbcUrl() {
        return "jdbc:postgresql://%s:%d/%s".formatted(server.host(), server.port(), name);
    }

    /** A session of a superuser, in autocommit. */
    Connection connect() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", server.user());
        properties.setProperty("password", server.password());
        properties.setProperty("ApplicationName", "test");
        properties.setProperty("connectTimeout", "5");
        properties.setProperty("socketTimeout", "120");
        return DriverManager.getConnection(jdbcUrl(), properties);
    }

    /** Runs each text, of one or more statements, in a transaction of its own. */
    void execute(String... sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String one : sql) {
                statement.execute(one);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("could not run in " + name + ": " + e.getMessage(), e);
        }
    }

    /** The first column of all rows, as text. */
    List<String> column(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        } catch (SQLException e) {
            throw new IllegalStateException("could not query " + name + ": " + e.getMessage(), e);
        }
    }

    /** The only value of a query with one row. */
    String value(String sql) {
        return column(sql).get(0);
    }

    long number(String sql) {
        return Long.parseLong(value(sql));
    }
}
