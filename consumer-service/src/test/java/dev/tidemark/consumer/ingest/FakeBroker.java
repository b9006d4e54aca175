package dev.tidemark.consumer.ingest;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;

/** Topics of one partition each, which a consumer can read as often as it likes. */
final class FakeBroker implements Topics {

    final Map<String, String> ids = new HashMap<>();
    private final Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> records = new LinkedHashMap<>();
    private final Map<TopicPartition, Long> begins = new HashMap<>();

    TopicPartition create(String topic) {
        TopicPartition partition = new TopicPartition(topic, 0);
        ids.put(topic, topic + "-id");
        records.put(partition, new ArrayList<>());
        begins.put(partition, 0L);
        return partition;
    }

    /** Makes a topic of the same name. */
    void recreate(TopicPartition partition) {
        create(partition.topic());
        ids.put(partition.topic(), partition.topic() + "-anew");
    }

    void append(ConsumerRecord<byte[], byte[]> record) {
        records.get(new TopicPartition(record.topic(), record.partition())).add(record);
    }

    long end(TopicPartition partition) {
        List<ConsumerRecord<byte[], byte[]>> all = records.get(partition);
        return all.isEmpty() ? begins.get(partition) : all.get(all.size() - 1).offset() + 1;
    }

    void deleteBefore(TopicPartition partition, long offset) {
        begins.put(partition, offset);
        records.get(partition).removeIf(record -> record.offset() < offset);
    }

    MockConsumer<byte[], byte[]> consumer(TopicPartition... partitions) {
        MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
        consumer.assign(List.of(partitions));
        refresh(consumer);
        return consumer;
    }

    void refresh(MockConsumer<byte[], byte[]> consumer) {
        Map<TopicPartition, Long> ends = new HashMap<>();
        records.keySet().forEach(partition -> ends.put(partition, end(partition)));
        consumer.updateBeginningOffsets(new HashMap<>(begins));
        consumer.updateEndOffsets(ends);
    }

    ConsumerRecords<byte[], byte[]> poll(MockConsumer<byte[], byte[]> consumer, int most) {
        Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> polled = new LinkedHashMap<>();
        Set<TopicPartition> reading = new HashSet<>(consumer.assignment());
        reading.removeAll(consumer.paused());
        records.forEach((partition, all) -> {
            if (reading.contains(partition)) {
                long position = consumer.position(partition);
                List<ConsumerRecord<byte[], byte[]>> next = all.stream()
                        .filter(record -> record.offset() >= position)
                        .limit(most)
                        .toList();
                if (!next.isEmpty()) {
                    polled.put(partition, next);
                    consumer.seek(partition, next.get(next.size() - 1).offset() + 1);
                }
            }
        });
        return new ConsumerRecords<>(polled, Map.of());
    }

    @Override
    public Set<String> names() {
        return ids.keySet();
    }

    @Override
    public Map<String, Description> describe(Collection<String> topics) {
        Map<String, Description> found = new HashMap<>();
        topics.stream().filter(ids::containsKey).forEach(topic -> found.put(topic, new Description(ids.get(topic), 1)));
        return found;
    }

    @Override
    public Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions) {
        Map<TopicPartition, Long> ends = new HashMap<>();
        partitions.forEach(partition -> ends.put(partition, end(partition)));
        return ends;
    }

    @Override
    public Map<TopicPartition, Long> begins(Collection<TopicPartition> partitions) {
        Map<TopicPartition, Long> found = new HashMap<>();
        partitions.forEach(partition -> found.put(partition, begins.get(partition)));
        return found;
    }

    @Override
    public Map<TopicPartition, Long> at(Map<TopicPartition, Instant> times) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Member> members(String group) {
        return List.of();
    }

    @Override
    public void check() {}
}
