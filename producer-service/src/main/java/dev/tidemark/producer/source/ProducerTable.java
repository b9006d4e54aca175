package dev.tidemark.producer.source;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the source database keeps of the producer: whose change log it is, the incarnations of the producer, and how much of the log was taken away. */
public final class ProducerTable {

    /** The active producer, as far as the source knows. */
    static final String ACTIVE = "SELECT instance, started_at FROM cdc.producer WHERE started_at IS NOT NULL";

    private static final String EXISTS = "SELECT to_regclass('cdc.producer') IS NOT NULL";
    private static final String OWNER = "SELECT pipeline FROM cdc.producer";
    private static final String CLAIM = """
            INSERT INTO cdc.producer AS p (pipeline, epoch, instance, started_at) VALUES (?, ? + 1, ?, clock_timestamp())
            ON CONFLICT (pipeline) DO UPDATE
            SET epoch = greatest(p.epoch + 1, excluded.epoch), instance = excluded.instance, started_at = excluded.started_at
            RETURNING epoch
            """;
    private static final String LOGGED = """
            SELECT s.truncated + (SELECT count(*) FROM cdc.change_log l WHERE l.slot = s.slot AND pg_visible_in_snapshot(l.xid, ?::pg_snapshot))
            FROM cdc.log_slot s ORDER BY s.slot
            """;

    private ProducerTable() {}

    /**
     * Begins a new incarnation of the producer.
     *
     * @param lastEpoch the highest incarnation that Kafka knows of
     * @return a number above that of all earlier incarnations
     * @throws UnusableSourceException if the change log belongs to another pipeline: each of them would take away what the other has not read
     */
    public static long claim(Connection connection, String pipeline, String instance, long lastEpoch)
            throws SQLException {
        String owner = owner(connection);
        if (owner != null && !owner.equals(pipeline)) {
            throw new UnusableSourceException("The change log of this database belongs to the pipeline '" + owner
                    + "', not to '" + pipeline + "': set cdc.pipeline.name to '" + owner
                    + "', or give the log away with DELETE FROM cdc.producer");
        }
        try (PreparedStatement claim = connection.prepareStatement(CLAIM)) {
            claim.setString(1, pipeline);
            claim.setLong(2, lastEpoch);
            claim.setString(3, instance);
            try (ResultSet row = claim.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /** @return the pipeline that the change log belongs to; null if there is none, or no log */
    public static @Nullable String owner(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            try (ResultSet row = statement.executeQuery(EXISTS)) {
                row.next();
                if (!row.getBoolean(1)) {
                    return null;
                }
            }
            try (ResultSet row = statement.executeQuery(OWNER)) {
                return row.next() ? row.getString(1) : null;
            }
        }
    }

    /** @return for each time slot, how many rows were ever logged in it up to this snapshot */
    public static List<Long> loggedBySlot(Connection connection, PgSnapshot upTo) throws SQLException {
        List<Long> counts = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(LOGGED)) {
            statement.setObject(1, upTo.text(), Types.OTHER);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    counts.add(row.getLong(1));
                }
            }
        }
        return counts;
    }
}
