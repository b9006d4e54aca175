package dev.tidemark.consumer.ingest;

import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/** What Kafka knows of topics, asked outside of the consumer. All methods throw {@link KafkaUnavailableException} when Kafka does not answer. */
public interface Topics {

    /**
     * What tells a topic from one of the same name that was deleted before.
     *
     * @param partitions how many it has
     */
    record Description(String id, int partitions) {}

    /** The names of all topics. */
    Set<String> names();

    /** The topics among these that exist. */
    Map<String, Description> describe(Collection<String> topics);

    /** The offset after the last record of each partition. */
    Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions);

    /** The offset of the first record that each partition still has; its end if it has none. */
    Map<TopicPartition, Long> begins(Collection<TopicPartition> partitions);

    /** The offset of the first record that is not older than a time, for each partition that has one. */
    Map<TopicPartition, Long> at(Map<TopicPartition, Instant> times);

    /** Returns if Kafka answers. */
    void check();
}
