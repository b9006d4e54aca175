package dev.tidemark.producer.publish;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Until when to wait for Kafka: for a time, and not when the process is about to end. */
public final class Deadline {

    /** So soon the end of the process is noticed. */
    private static final Duration SLICE = Duration.ofMillis(200);

    private final Duration atMost;
    private final BooleanSupplier stopping;
    private final long end;

    /** @param atMost counted from now on */
    public Deadline(Duration atMost, BooleanSupplier stopping) {
        this.atMost = atMost;
        this.stopping = stopping;
        this.end = System.nanoTime() + atMost.toNanos();
    }

    /** How long to wait before {@link #check} is asked again. */
    Duration slice() {
        return SLICE;
    }

    /** @throws KafkaUnavailableException if it is time to give up */
    void check(String what) {
        if (stopping.getAsBoolean()) {
            throw new KafkaUnavailableException("Stopped while Kafka did not " + what, null);
        }
        if (System.nanoTime() - end >= 0) {
            throw new KafkaUnavailableException("Kafka did not " + what + " within " + atMost, null);
        }
    }
}
