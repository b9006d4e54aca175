package dev.tidemark.quickstart;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C, SIGTERM, or a part that failed: whoever works in a loop asks here whether to go on.
 *
 * <p>After a signal the JVM waits, for a while, until {@link #complete()} says that everything is closed. What is left even then is
 * ended by the stack's watchdog.
 */
final class Ending {

    private static final Duration PATIENCE = Duration.ofSeconds(45);

    private final CountDownLatch requested = new CountDownLatch(1);
    private final CountDownLatch complete = new CountDownLatch(1);

    /** Thrown by what was told to end before it was done. */
    static final class EndedException extends RuntimeException {}

    static Ending onSignal(Console console) {
        Ending ending = new Ending();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> ending.signalled(console), "ending"));
        return ending;
    }

    private void signalled(Console console) {
        if (complete.getCount() == 0) {
            return; // the JVM ends because all is done
        }
        console.line("stopping ...");
        request();
        try {
            if (complete.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                console.line("stopped");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void request() {
        requested.countDown();
    }

    boolean requested() {
        return requested.getCount() == 0;
    }

    void complete() {
        complete.countDown();
    }

    /** @throws EndedException as soon as the end is asked for */
    void pause(Duration time) {
        try {
            if (requested.await(time.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new EndedException();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EndedException();
        }
    }
}
