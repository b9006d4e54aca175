package dev.tidemark.consumer.apply;

import dev.tidemark.consumer.database.Transaction;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;

/** What the consumers of one group have been told: its row in {@code cdc.consumer_control}. */
public final class ControlStore {

    private static final String READ =
            "SELECT paused, changed_by, changed_at FROM cdc.consumer_control WHERE consumer_group = ?";

    /** Who says what is so already has changed nothing. */
    private static final String WRITE = """
            INSERT INTO cdc.consumer_control AS c (consumer_group, paused, changed_by) VALUES (?, ?, ?)
            ON CONFLICT (consumer_group) DO UPDATE SET
              paused = EXCLUDED.paused, changed_by = EXCLUDED.changed_by, changed_at = clock_timestamp()
            WHERE c.paused <> EXCLUDED.paused
            """;

    private final DataSource dataSource;
    private final String group;

    public ControlStore(DataSource dataSource, String group) {
        this.dataSource = dataSource;
        this.group = group;
    }

    public Control read() throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            return read(connection, "");
        }
    }

    /** @return what is so now, said by whoever was the first to say it */
    public Control write(boolean paused, String who) throws SQLException {
        try (Transaction transaction = Transaction.durable(dataSource);
                PreparedStatement write = transaction.connection().prepareStatement(WRITE)) {
            write.setString(1, group);
            write.setBoolean(2, paused);
            write.setString(3, who);
            write.executeUpdate();
            Control control = read(transaction.connection(), "");
            transaction.commit();
            return control;
        }
    }

    /** Whether the group is paused, and stays so until the transaction ends. */
    boolean holdsPaused(Connection connection) throws SQLException {
        return read(connection, " FOR SHARE").paused();
    }

    private Control read(Connection connection, String locking) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(READ + locking)) {
            query.setString(1, group);
            ResultSet row = query.executeQuery();
            return row.next()
                    ? new Control(
                            row.getBoolean(1),
                            row.getString(2),
                            row.getTimestamp(3).toInstant())
                    : Control.RUNNING;
        }
    }
}
