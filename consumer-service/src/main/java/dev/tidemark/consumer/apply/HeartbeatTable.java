package dev.tidemark.consumer.apply;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;

/** The heartbeats that are applied: {@code cdc.heartbeat}, which is written like any table of the source. */
public final class HeartbeatTable {

    private static final String READ = "SELECT at, every_seconds FROM cdc.heartbeat WHERE topic_prefix = ?";

    private final DataSource dataSource;
    private final String topicPrefix;

    public HeartbeatTable(DataSource dataSource, String topicPrefix) {
        this.dataSource = dataSource;
        this.topicPrefix = topicPrefix;
    }

    /** @return nothing if none has come yet, or there are to be none */
    public Optional<Heartbeat> read() throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement query = connection.prepareStatement(READ)) {
            query.setString(1, topicPrefix);
            ResultSet row = query.executeQuery();
            return row.next()
                    ? Optional.of(new Heartbeat(row.getTimestamp(1).toInstant(), row.getDouble(2)))
                    : Optional.empty();
        }
    }
}
