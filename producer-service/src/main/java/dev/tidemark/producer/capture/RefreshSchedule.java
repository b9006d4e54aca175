package dev.tidemark.producer.capture;

import java.time.Duration;
import java.time.Instant;

/**
 * When to look after tables and topics. That takes some milliseconds, in which changes would wait: so it is put off while changes come, but not for ever. Not
 * safe for use by several threads.
 */
final class RefreshSchedule {

    /** How long no change has come when it counts as quiet. */
    private static final Duration QUIET = Duration.ofMillis(500);
    /** After so many intervals it is done whatever comes. */
    private static final int PATIENCE = 6;

    private final Duration interval;
    private Instant lastChange = Instant.MIN;
    private Instant last = Instant.MIN;

    RefreshSchedule(Duration interval) {
        this.interval = interval;
    }

    boolean isDue(Instant now) {
        boolean quiet = !now.isBefore(lastChange.plus(QUIET));
        return !now.isBefore(last.plus(quiet ? interval : interval.multipliedBy(PATIENCE)));
    }

    void done(Instant now) {
        last = now;
    }

    /** It has to be done at the next opportunity, whatever comes. */
    void hurry() {
        last = Instant.MIN;
    }

    /** Changes have come. */
    void busy(Instant now) {
        lastChange = now;
    }
}
