package dev.tidemark.producer.admin;

import dev.tidemark.producer.capture.PollStatus;
import dev.tidemark.producer.capture.PollStatus.State;
import dev.tidemark.producer.source.Backlog;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What waits in the change log, as last counted. What was not published when the source could last be asked may still not be, and more may have come: so while
 * it cannot be asked, the number is unknown and the age grows.
 */
final class BacklogTrack {

    private final Clock clock;
    private @Nullable String position;
    private volatile @Nullable Count last;

    BacklogTrack(Clock clock) {
        this.clock = clock;
    }

    /** @param current whether nothing has failed since */
    private record Count(Backlog backlog, Instant at, boolean current) {}

    /** Counts, from where this producer has published up to: also while it cannot go on, since it then stands where it stood. */
    void count(PollStatus status, Function<String, Backlog> reader) {
        if (status.state() == State.STANDBY) {
            position = null;
            last = null;
        } else if (status.position() != null) {
            position = status.position();
        }
        if (position != null) {
            last = new Count(reader.apply(position), clock.instant(), true);
        }
    }

    /** The source cannot be asked. */
    void fail() {
        Count known = last;
        if (known != null) {
            last = new Count(known.backlog(), known.at(), false);
        }
    }

    /** @return NaN if it is not known */
    double rows() {
        Count known = last;
        return known == null || !known.current() ? Double.NaN : known.backlog().rows();
    }

    /** @return NaN if it never was known */
    double oldestSeconds() {
        Count known = last;
        if (known == null) {
            return Double.NaN;
        }
        double then = known.backlog().oldestSeconds();
        return known.current()
                ? then
                : then + Duration.between(known.at(), clock.instant()).toMillis() / 1000.0;
    }
}
