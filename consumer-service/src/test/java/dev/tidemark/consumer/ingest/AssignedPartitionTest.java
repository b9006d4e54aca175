package dev.tidemark.consumer.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.consumer.apply.Position;
import dev.tidemark.consumer.apply.Problem;
import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class AssignedPartitionTest {

    private static final Instant NOW = Instant.EPOCH;
    private static final Instant LATER = NOW.plusSeconds(10);

    private final TopicPartition name = new TopicPartition("x.public.people", 0);
    private final AssignedPartition partition = new AssignedPartition(name, NOW);
    private final Backoff backoff = new Backoff(Duration.ofMillis(200), Duration.ofSeconds(5));
    private final Problem problem = Problem.of(new IllegalStateException("no"));

    private boolean isReadAgain() {
        partition.place(new Feed(name, "id", new Position(0, 0), 0), LATER);
        return !partition.isReadAgain(NOW) && partition.isReadAgain(LATER);
    }

    @Test
    void isReadAgainOnceItWasReadForAWhile() {
        partition.failReading(problem, NOW, backoff);
        assertThat(partition.status().problem()).isEqualTo(problem);
        assertThat(isReadAgain()).isTrue();
    }

    @Test
    void isNotMendedByReadingWhatCannotBeApplied() {
        partition.failReading(problem, NOW, backoff);
        partition.fail(problem, NOW, backoff);
        assertThat(isReadAgain()).isFalse();
    }
}
