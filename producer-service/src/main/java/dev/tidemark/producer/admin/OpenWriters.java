package dev.tidemark.producer.admin;

import dev.tidemark.producer.source.OpenTransaction;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** For how long transactions have been open that have written to the change log. */
final class OpenWriters {

    private final Clock clock;
    private final Map<String, Instant> firstSeen = new HashMap<>();
    private volatile double oldestSeconds = Double.NaN;

    OpenWriters(Clock clock) {
        this.clock = clock;
    }

    /** All that are open now. Of whom the source does not tell since when, it counts from when it is first seen here. */
    void see(List<OpenTransaction> writers) {
        Instant now = clock.instant();
        firstSeen.keySet().retainAll(writers.stream().map(OpenTransaction::id).toList());
        double oldest = 0;
        for (OpenTransaction writer : writers) {
            Instant seen = firstSeen.computeIfAbsent(writer.id(), id -> now);
            double watched = Duration.between(seen, now).toMillis() / 1000.0;
            oldest = Math.max(oldest, writer.seconds() == null ? watched : writer.seconds());
        }
        oldestSeconds = oldest;
    }

    /** It is not known any more. */
    void lose() {
        oldestSeconds = Double.NaN;
    }

    /** The age of the oldest one; 0 if there is none, NaN while unknown. */
    double oldestSeconds() {
        return oldestSeconds;
    }
}
