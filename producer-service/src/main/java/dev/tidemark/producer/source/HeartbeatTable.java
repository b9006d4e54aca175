package dev.tidemark.producer.source;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** The row by which a pipeline says that it is there. */
public final class HeartbeatTable {

    private static final String WRITE =
            "UPDATE cdc.heartbeat SET at = clock_timestamp(), every_seconds = ? WHERE topic_prefix = ?";
    private static final String WRITE_FIRST =
            "INSERT INTO cdc.heartbeat (at, every_seconds, topic_prefix) VALUES (clock_timestamp(), ?, ?) ON CONFLICT DO NOTHING";
    private static final String REMOVE = "DELETE FROM cdc.heartbeat WHERE topic_prefix = ?";

    private HeartbeatTable() {}

    public static void write(Connection connection, String topicPrefix, double everySeconds) throws SQLException {
        if (write(connection, WRITE, topicPrefix, everySeconds) == 0) {
            write(connection, WRITE_FIRST, topicPrefix, everySeconds);
        }
    }

    private static int write(Connection connection, String sql, String topicPrefix, double everySeconds)
            throws SQLException {
        try (PreparedStatement write = connection.prepareStatement(sql)) {
            write.setDouble(1, everySeconds);
            write.setString(2, topicPrefix);
            return write.executeUpdate();
        }
    }

    /** Does nothing if there is none. */
    public static void remove(Connection connection, String topicPrefix) throws SQLException {
        try (PreparedStatement remove = connection.prepareStatement(REMOVE)) {
            remove.setString(1, topicPrefix);
            remove.executeUpdate();
        }
    }
}
