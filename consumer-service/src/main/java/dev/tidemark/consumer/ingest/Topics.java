package dev.tidemark.consumer.ingest;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/** What Kafka knows of topics, and of who reads them, asked outside of the consumer. All methods throw {@link KafkaUnavailableException} when Kafka does not answer. */
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

    /**
     * One of a group's consumers, as Kafka knows it.
     *
     * @param clientId {@code spring.kafka.consumer.client-id}, or what Kafka's client has made up
     * @param host where it connects from
     */
    record Member(String clientId, String host, Set<TopicPartition> partitions) {}

    /** The consumers of a group, of all instances; none if the group does not exist. */
    List<Member> members(String group);

    /** Returns if Kafka answers. */
    void check();
}
