package dev.tidemark.run;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Waits for the end of a run, however long it takes as long as it gets on. */
public final class RunWait implements AutoCloseable {

    private static final long CHECK_MILLIS = 100;

    private final Duration timeout;
    private final Clock clock;
    private final CountDownLatch closed = new CountDownLatch(1);
    private @Nullable Object lastMark;
    private Instant lastMove = Instant.MAX;

    /** @param timeout how long the run may be without any progress */
    public RunWait(Duration timeout, Clock clock) {
        this.timeout = timeout;
        this.clock = clock;
    }

    /** @return why not all was worked off; null if it was */
    public @Nullable String await(Supplier<Progress> look) throws InterruptedException {
        while (!closed.await(CHECK_MILLIS, TimeUnit.MILLISECONDS)) {
            Progress progress = look.get();
            if (progress.done()) {
                return null;
            }
            String failure = failure(progress);
            if (failure != null) {
                return failure;
            }
        }
        return "it was stopped";
    }

    /** Why the run is to be given up, or null. */
    @Nullable
    String failure(Progress progress) {
        if (progress.hopeless()) {
            return progress.obstacle();
        }
        Instant now = clock.instant();
        if (!progress.mark().equals(lastMark)) {
            lastMark = progress.mark();
            lastMove = now;
        }
        if (Duration.between(lastMove, now).compareTo(timeout) < 0) {
            return null;
        }
        return "no progress for " + timeout.toSeconds() + " s (cdc.once.timeout)"
                + (progress.obstacle() == null ? "" : ": " + progress.obstacle());
    }

    /** Ends the waiting. */
    @Override
    public void close() {
        closed.countDown();
    }
}
