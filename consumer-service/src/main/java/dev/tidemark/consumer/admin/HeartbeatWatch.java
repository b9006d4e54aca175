package dev.tidemark.consumer.admin;

import dev.tidemark.consumer.apply.Heartbeat;
import dev.tidemark.consumer.apply.HeartbeatTable;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far the destination is behind the source, by the heartbeat: who applies it tells at once; besides the destination is asked now and then, which is also right
 * after a start, and where another instance applies it. Safe for use by several threads.
 */
final class HeartbeatWatch {

    /** An answer of the destination that is older is no answer: it should be asked every five seconds. */
    private static final Duration FRESH = Duration.ofSeconds(15);

    private static final Logger log = LoggerFactory.getLogger(HeartbeatWatch.class);

    private final HeartbeatTable table;
    private final Clock clock;
    private @Nullable Heartbeat known;
    private Instant askedAt = Instant.MIN;
    private Instant lastApplied = Instant.MIN;
    private double lastDelay;

    HeartbeatWatch(HeartbeatTable table, Clock clock) {
        this.table = table;
        this.clock = clock;
    }

    /** A heartbeat is applied. */
    synchronized void applied(Instant at, Instant committedAt) {
        lastApplied = at;
        lastDelay = Math.max(0, seconds(at, committedAt));
    }

    /** Asks the destination. While it is away, what is known only gets older. */
    void look() {
        try {
            Optional<Heartbeat> answer = table.read();
            synchronized (this) {
                known = answer.orElse(null);
                askedAt = clock.instant();
            }
        } catch (SQLException e) {
            log.debug("The heartbeat is not known", e);
        }
    }

    /** Since when the last heartbeat that is applied was written; NaN if there is none. */
    synchronized double ageSeconds() {
        return known == null ? Double.NaN : Math.max(0, seconds(last(known), clock.instant()));
    }

    /** How long the last heartbeat took or, if that is more, for how long the next is overdue; NaN if there is none. */
    synchronized double lagSeconds() {
        if (known == null) {
            return Double.NaN;
        }
        Instant now = clock.instant();
        Instant asOf = askedAt.plus(FRESH).isBefore(now) ? now : askedAt;
        return Math.max(delayOf(known), seconds(last(known), asOf) - known.everySeconds());
    }

    /** Of one that another instance has applied since, it is not known how long it took. */
    private double delayOf(Heartbeat asked) {
        return asked.at().isAfter(lastApplied) ? 0 : lastDelay;
    }

    private Instant last(Heartbeat asked) {
        return asked.at().isAfter(lastApplied) ? asked.at() : lastApplied;
    }

    private static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() / 1e9;
    }
}
