package dev.tidemark.consumer.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.consumer.apply.Problem;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class PipelineStatusTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final PipelineStatus status = new PipelineStatus(Clock.fixed(NOW, ZoneOffset.UTC));

    @Test
    void takesNothingForUpBeforeItWasLookedAt() {
        assertThat(status.isBrokerUp()).isFalse();
        assertThat(status.isDestinationUp()).isFalse();
        status.broker(null);
        status.destination(null);
        assertThat(status.isBrokerUp()).isTrue();
        assertThat(status.isDestinationUp()).isTrue();
        status.broker(Problem.of(new IllegalStateException("does not answer")));
        assertThat(status.isBrokerUp()).isFalse();
    }

    @Test
    void remembersWhatWentWrongLastWhenItIsOver() {
        assertThat(status.lastError()).isNull();
        status.destination(Problem.of(new IllegalStateException("is away")));
        status.destination(null);
        assertThat(status.lastError()).isEqualTo(new LastError("destination: is away", NOW));
        Problem blocked = Problem.of(new IllegalStateException("has no column"));
        status.partition(new TopicPartition("items", 0), new PartitionStatus(null, blocked, 1, NOW));
        assertThat(status.lastError()).isEqualTo(new LastError("items-0: has no column", NOW));
        status.broker(Problem.of(new IllegalStateException("does not answer")));
        status.partition(new TopicPartition("items", 0), new PartitionStatus(null, blocked, 2, NOW));
        assertThat(status.lastError()).as("it is no news").isEqualTo(new LastError("kafka: does not answer", NOW));
    }
}
