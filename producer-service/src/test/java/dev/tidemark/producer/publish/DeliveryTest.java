package dev.tidemark.producer.publish;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class DeliveryTest {

    private final Delivery unanswered = new Delivery(List.of(new CompletableFuture<>()));

    @Test
    void isGivenUpWhenTheTimeIsOver() {
        assertThatThrownBy(() -> unanswered.await(new Deadline(Duration.ofMillis(10), () -> false)))
                .isInstanceOf(KafkaUnavailableException.class)
                .hasMessageContaining("within");
    }

    @Test
    void isGivenUpWhenTheProcessIsAboutToEnd() {
        assertThatThrownBy(() -> unanswered.await(new Deadline(Duration.ofDays(1), () -> true)))
                .isInstanceOf(KafkaUnavailableException.class)
                .hasMessageContaining("Stopped");
    }

    @Test
    void failsWithTheFirstEventThatIsRefused() {
        CompletableFuture<?> refused = CompletableFuture.failedFuture(new IllegalStateException("too large"));
        Delivery delivery = new Delivery(List.of(CompletableFuture.completedFuture(1), refused));
        assertThatThrownBy(() -> delivery.await(new Deadline(Duration.ofDays(1), () -> false)))
                .isInstanceOf(DeliveryFailedException.class)
                .hasMessageContaining("too large");
    }
}
