package dev.tidemark.consumer.admin;

import static java.util.stream.Collectors.toMap;

import dev.tidemark.consumer.ingest.Observed;
import dev.tidemark.consumer.ingest.Topics;
import dev.tidemark.model.TopicNames;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/** A Kafka with one topic of a pipeline, and others. */
final class FakeTopics implements Topics {

    final List<Member> members = new ArrayList<>();
    String id = "id";
    long end = 10;
    boolean away;
    /** How often. */
    int asked;

    private final String topic;

    FakeTopics(String topic) {
        this.topic = topic;
    }

    @Override
    public void check() {
        asked++;
        if (away) {
            throw Observed.kafkaAway();
        }
    }

    @Override
    public Set<String> names() {
        check();
        return Set.of(topic, TopicNames.deadLetters(topic), "shop.offsets", "other.public.orders");
    }

    @Override
    public Map<String, Description> describe(Collection<String> names) {
        check();
        return names.stream().collect(toMap(name -> name, name -> new Description(id, 1)));
    }

    @Override
    public Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions) {
        check();
        return partitions.stream().collect(toMap(partition -> partition, partition -> end));
    }

    @Override
    public Map<TopicPartition, Long> begins(Collection<TopicPartition> partitions) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Map<TopicPartition, Long> at(Map<TopicPartition, Instant> times) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Member> members(String group) {
        check();
        return members;
    }
}
