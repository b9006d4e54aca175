package dev.tidemark.producer.capture;

import dev.tidemark.producer.publish.Intent;
import dev.tidemark.producer.source.MissedChanges;
import dev.tidemark.producer.source.PgSnapshot;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Empties the time slots of the change log that are published as a whole, and audits them: a slot has to hold as many rows as were published from it. It works
 * on a connection and a thread of its own, since counting a slot may take long.
 */
final class Retention {

    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);
    private static final String TRUNCATE =
            "SELECT status, truncated + counted FROM cdc.truncate_slot(?::smallint, ?::xid8, ?::xid8[], ?, ?, ?)";

    private final DataSource source;
    private final RetentionProperties properties;
    private final Executor executor;
    private final Clock clock;
    private final CaptureListener listener;
    private final AtomicBoolean running = new AtomicBoolean();
    private Instant dueAt;

    Retention(
            DataSource source,
            RetentionProperties properties,
            Executor executor,
            Clock clock,
            CaptureListener listener) {
        this.source = source;
        this.properties = properties;
        this.executor = executor;
        this.clock = clock;
        this.listener = listener;
        this.dueAt = clock.instant().plus(properties.interval());
    }

    boolean isDue() {
        return !running.get() && !clock.instant().isBefore(dueAt);
    }

    /** @param position a position that Kafka has acknowledged, with nothing under way: nothing before it will ever be read again */
    void start(Intent position) {
        dueAt = clock.instant().plus(properties.interval());
        running.set(true);
        executor.execute(() -> {
            try {
                run(position, false);
            } finally {
                running.set(false);
            }
        });
    }

    /** Does it on this thread, also with the slots that are written now and next, for which writers may have to wait a moment; the same is assumed of the position. */
    void runOnAll(Intent position) {
        run(position, true);
    }

    private void run(Intent position, boolean every) {
        try (Connection connection = source.getConnection()) {
            MissedChanges.prune(connection);
            for (int slot = 0; slot < position.published().size(); slot++) {
                truncate(connection, slot, position, every);
            }
        } catch (SQLException e) {
            LOG.warn("The change log could not be shortened; it is tried again in {}", properties.interval(), e);
        }
    }

    private void truncate(Connection connection, int slot, Intent position, boolean every) throws SQLException {
        PgSnapshot published = PgSnapshot.parse(position.current());
        try (PreparedStatement statement = connection.prepareStatement(TRUNCATE)) {
            statement.setInt(1, slot);
            statement.setObject(2, published.xmax(), Types.OTHER);
            statement.setObject(3, published.inProgress(), Types.OTHER);
            statement.setLong(4, position.published().get(slot));
            statement.setLong(5, position.epoch());
            statement.setBoolean(6, every);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                report(
                        slot,
                        row.getString(1),
                        row.getLong(2),
                        position.published().get(slot));
            }
        }
    }

    private void report(int slot, String status, long logged, long published) {
        boolean passed = !status.equals("mismatch");
        listener.audited(slot, passed);
        if (status.equals("truncated")) {
            listener.slotTruncated();
        }
        if (passed) {
            LOG.debug("Slot {} of the change log: {}", slot, status);
        } else {
            LOG.error(
                    "Slot {} of the change log ever held {} rows, and {} were published from it. It is kept; compare the tables, and take a new snapshot of"
                            + " those that differ",
                    slot,
                    logged,
                    published);
        }
    }
}
