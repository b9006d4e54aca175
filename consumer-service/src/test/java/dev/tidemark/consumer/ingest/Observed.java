package dev.tidemark.consumer.ingest;

import java.time.Clock;
import org.apache.kafka.common.TopicPartition;

/** What only this package can say, for tests of those who look at it. */
public final class Observed {

    private Observed() {}

    /** An instance that has a partition, and has not begun with it. */
    public static PipelineStatus assigned(TopicPartition partition, Clock clock) {
        PipelineStatus status = new PipelineStatus(clock);
        status.partition(partition, new PartitionStatus(null, null, 0, null));
        return status;
    }

    public static KafkaUnavailableException kafkaAway() {
        return new KafkaUnavailableException("Kafka is away", null);
    }
}
