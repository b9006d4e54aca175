package dev.tidemark.test;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;

/** Waits for what the pipeline does by itself. */
final class Await {

    /** Generous: it is the time after which something is broken, also on a slow machine. */
    static final Duration PATIENCE = Duration.ofSeconds(120);

    private static final Duration STEP = Duration.ofMillis(100);

    private Await() {}

    /** An exception counts as "not yet": servers are away in many a test. */
    static void until(String what, Callable<Boolean> condition) {
        until(what, PATIENCE, condition);
    }

    static void until(String what, Duration patience, Callable<Boolean> condition) {
        Awaitility.await(what)
                .atMost(patience)
                .pollDelay(Duration.ZERO)
                .pollInterval(STEP)
                .ignoreExceptions()
                .until(condition);
    }
}
