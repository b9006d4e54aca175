package dev.tidemark.consumer.ingest;

import java.time.Duration;

/** How long to wait after failures: each wait is twice the one before, up to a limit. */
public record Backoff(Duration first, Duration longest) {

    private static final int ENOUGH_DOUBLINGS = 30;

    /** @param failures how many there were in a row, from 1 */
    public Duration after(int failures) {
        Duration wait = first.multipliedBy(1L << Math.min(failures - 1, ENOUGH_DOUBLINGS));
        return wait.compareTo(longest) < 0 ? wait : longest;
    }
}
