package dev.tidemark.stack;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/** A PostgreSQL server with one database, and a superuser's way into it. */
public interface Database extends Server {

    String host();

    int port();

    default String name() {
        return "postgres";
    }

    default String user() {
        return "postgres";
    }

    default String password() {
        return "postgres";
    }

    default String jdbcUrl() {
        return "jdbc:postgresql://%s:%d/%s".formatted(host(), port(), name());
    }

    /** What {@code psql} takes as its only argument. */
    default String psqlUrl() {
        return "postgresql://%s:%s@%s:%d/%s".formatted(user(), password(), host(), port(), name());
    }

    default Connection connect() throws SQLException {
        return DriverManager.getConnection(jdbcUrl(), user(), password());
    }

    /** Runs statements that return nothing, in one round trip. */
    default void execute(String sql) {
        try (Connection connection = connect();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new StackException("could not run on port " + port() + ": " + sql, e);
        }
    }
}
