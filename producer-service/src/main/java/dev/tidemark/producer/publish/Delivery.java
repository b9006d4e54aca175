package dev.tidemark.producer.publish;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;

/** Events on their way to Kafka. */
public final class Delivery {

    private static final Delivery NOTHING = new Delivery(List.of());

    private final List<? extends CompletableFuture<?>> acknowledgements;
    private int done;

    Delivery(List<? extends CompletableFuture<?>> acknowledgements) {
        this.acknowledgements = acknowledgements;
    }

    /** Hands an event over. What the Kafka client refuses at once is no other failure than what it refuses later. */
    static CompletableFuture<?> send(Supplier<CompletableFuture<?>> event) {
        try {
            return event.get();
        } catch (org.springframework.kafka.KafkaException e) {
            return CompletableFuture.failedFuture(Objects.requireNonNullElse(e.getCause(), e));
        } catch (KafkaException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** A delivery of no events, which is done. */
    public static Delivery nothing() {
        return NOTHING;
    }

    /** Has itself told when Kafka has acknowledged the last event, on the Kafka client's thread; never if it refuses that. */
    public void whenAcknowledged(Runnable told) {
        if (acknowledgements.isEmpty()) {
            told.run();
        } else {
            acknowledgements.get(acknowledgements.size() - 1).thenRun(told);
        }
    }

    /**
     * Waits until Kafka has acknowledged all events.
     *
     * @throws KafkaUnavailableException if it has not in time
     * @throws DeliveryFailedException if Kafka refused an event for good
     */
    public void await(Deadline deadline) {
        while (!await(deadline.slice())) {
            deadline.check("acknowledge what was sent");
        }
    }

    /**
     * Waits until Kafka has acknowledged all events, at most for the given time.
     *
     * @return whether it has
     * @throws DeliveryFailedException if Kafka refused an event for good; later ones may have been taken
     */
    public boolean await(Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        try {
            while (done < acknowledgements.size()) {
                acknowledgements.get(done).get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
                done++;
            }
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new DeliveryFailedException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaUnavailableException("Interrupted while waiting for Kafka", e);
        }
    }
}
