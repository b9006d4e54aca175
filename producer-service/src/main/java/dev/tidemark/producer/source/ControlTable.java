package dev.tidemark.producer.source;

import dev.tidemark.producer.source.Control.Pause;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.util.Objects;

/** The row of the source database in which operators leave what the active producer has to know. */
public final class ControlTable {

    private static final String READ = "SELECT revision, paused_by, paused_at FROM cdc.control";
    private static final String TOUCH = "UPDATE cdc.control SET revision = revision + 1";
    private static final String PAUSE =
            "UPDATE cdc.control SET paused_by = ?, paused_at = clock_timestamp() WHERE paused_by IS NULL";
    private static final String RESUME =
            "UPDATE cdc.control SET paused_by = NULL, paused_at = NULL WHERE paused_by IS NOT NULL";

    private ControlTable() {}

    /** What is asked now. */
    public static Control read(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(READ)) {
            if (!row.next()) {
                throw empty();
            }
            String by = row.getString(2);
            Pause pause = by == null
                    ? null
                    : new Pause(
                            by,
                            Objects.requireNonNull(row.getObject(3, OffsetDateTime.class))
                                    .toInstant());
            return new Control(row.getLong(1), pause);
        }
    }

    /** Makes the producer look after its tables soon. */
    static void touch(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            if (statement.executeUpdate(TOUCH) == 0) {
                throw empty();
            }
        }
    }

    private static UnusableSourceException empty() {
        return new UnusableSourceException(
                "The table cdc.control of the source is empty: INSERT INTO cdc.control DEFAULT VALUES");
    }

    /** @return whether it was not paused before */
    static boolean pause(Connection connection, String by) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(PAUSE)) {
            statement.setString(1, by);
            return statement.executeUpdate() > 0;
        }
    }

    /** @return whether it was paused before */
    static boolean resume(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate(RESUME) > 0;
        }
    }
}
