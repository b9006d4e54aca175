package dev.tidemark.stack;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for a server that has no way to call back. */
final class Await {

    private static final long STEP_MILLIS = 25;

    private Await() {}

    /**
     * @param ready asked again and again; throws what makes more waiting pointless
     * @param diagnosis ends the message when the time is up
     */
    static void until(String what, Duration patience, BooleanSupplier ready, Supplier<String> diagnosis) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!ready.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new StackException("%s: not within %s%n%s".formatted(what, patience, diagnosis.get()));
            }
            try {
                TimeUnit.MILLISECONDS.sleep(STEP_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new StackException("interrupted while waiting: " + what, e);
            }
        }
    }
}
