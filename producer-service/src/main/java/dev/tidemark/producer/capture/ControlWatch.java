package dev.tidemark.producer.capture;

import dev.tidemark.producer.source.Control;
import dev.tidemark.producer.source.ControlTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What operators have asked, looked up so seldom that it costs nothing. Not safe for use by several threads. */
final class ControlWatch {

    private static final Duration LONGEST = Duration.ofMillis(500);

    private final Duration interval;
    private final Clock clock;
    private @Nullable Control last;
    private Instant lookedAt = Instant.MIN;
    private boolean changed;

    /** @param interval how old the answer may be, if that is less than half a second */
    ControlWatch(Duration interval, Clock clock) {
        this.interval = interval.compareTo(LONGEST) < 0 ? interval : LONGEST;
        this.clock = clock;
    }

    /** What is asked now, or was a moment ago. While nothing is published the connection is asked every time, which also shows whether it still is there. */
    Control look(Connection connection) throws SQLException {
        Instant now = clock.instant();
        Control known = last;
        // If the clock was set back, the answer is of unknown age.
        boolean fresh = !now.isBefore(lookedAt) && now.isBefore(lookedAt.plus(interval));
        if (known != null && known.pause() == null && fresh) {
            return known;
        }
        Control read = ControlTable.read(connection);
        changed |= known == null || known.revision() != read.revision();
        last = read;
        lookedAt = now;
        return read;
    }

    /** Whether anything has been asked since the last call. */
    boolean takeChanged() {
        boolean taken = changed;
        changed = false;
        return taken;
    }
}
