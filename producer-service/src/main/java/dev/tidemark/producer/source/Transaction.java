package dev.tidemark.producer.source;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A transaction on a connection of the pool. */
final class Transaction {

    /** The text of times is the one that the producer's own connection sees; nobody waits long for a lock, since writers would wait behind it. */
    private static final String SETTINGS =
            "SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL TimeZone = 'UTC'; SET LOCAL lock_timeout = '2s'";

    private Transaction() {}

    static <T extends @Nullable Object> T run(DataSource source, Work<T> work) throws SQLException {
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            try (Statement settings = connection.createStatement()) {
                settings.execute(SETTINGS);
                T result = work.on(connection);
                connection.commit();
                return result;
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        }
    }

    /** What is done in it. */
    interface Work<T extends @Nullable Object> {
        T on(Connection connection) throws SQLException;
    }
}
