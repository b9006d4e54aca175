package dev.tidemark.producer.capture;

import dev.tidemark.producer.source.HeartbeatTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the heartbeat at the source, from where it goes the way of all changes. Only who publishes writes it: so it does not make the log grow while nothing is
 * published, and its age at the destination grows with whatever stands still on the way. Not safe for use by several threads.
 */
final class Heartbeat {

    private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);

    private final Duration interval;
    private final String topicPrefix;
    private final Clock clock;
    private Instant last = Instant.MIN;
    private boolean refused;

    /** @param interval 0 for no heartbeats */
    Heartbeat(Duration interval, String topicPrefix, Clock clock) {
        this.interval = interval;
        this.topicPrefix = topicPrefix;
        this.clock = clock;
    }

    /** Writes it if it is due; takes the last one away, once, if there are to be none. */
    void beat(Connection connection) throws SQLException {
        Instant now = clock.instant();
        if (!isDue(now)) {
            return;
        }
        last = now;
        try {
            if (interval.isZero()) {
                HeartbeatTable.remove(connection, topicPrefix);
            } else {
                HeartbeatTable.write(connection, topicPrefix, interval.toMillis() / 1000.0);
            }
            refused = false;
        } catch (SQLException e) {
            if (!connection.isValid(1)) {
                throw e;
            }
            warn(e);
        }
    }

    /** Also after the clock was set back. */
    private boolean isDue(Instant now) {
        if (interval.isZero()) {
            return last.equals(Instant.MIN);
        }
        return now.isBefore(last) || !now.isBefore(last.plus(interval));
    }

    /** Changes do not wait for what is only to tell of them. */
    private void warn(SQLException e) {
        if (!refused) {
            LOG.warn("The heartbeat cannot be written, so the lag is not known: {}", e.getMessage());
        }
        refused = true;
    }
}
