package dev.tidemark.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.model.TableId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The topic of a table as a plain consumer reads it, and what was promised of it. */
final class TopicAudit {

    private static final String LOGGED = """
            SELECT l.id FROM cdc.change_log l JOIN cdc.tracked_table t ON t.id = l.table_id
            WHERE t.schema_name = '%s' AND t.table_name = '%s' ORDER BY l.id
            """;

    private final Pipeline pipeline;
    private final String table;
    private final List<TopicRecord> all;
    private final List<TopicRecord> once = new ArrayList<>();

    private TopicAudit(Pipeline pipeline, String table, List<TopicRecord> all) {
        this.pipeline = pipeline;
        this.table = table;
        this.all = all;
        long last = 0;
        for (TopicRecord record : all) {
            if (record.sequence() > last) {
                last = record.sequence();
                once.add(record);
            }
        }
    }

    /** Reads the topic from its begin to where it ends now. */
    static TopicAudit of(Pipeline pipeline, String table) {
        return new TopicAudit(
                pipeline,
                table,
                records(pipeline, table).stream().map(TopicRecord::of).toList());
    }

    /** All records, but without what comes again: that has a sequence number that is not above those before it. */
    List<TopicRecord> once() {
        return once;
    }

    /** How many records came again. */
    int repeats() {
        return all.size() - once.size();
    }

    /** The records that are changes, without those that come again. */
    List<TopicRecord> changes() {
        return once.stream().filter(record -> record.changeId() > 0).toList();
    }

    /** Every committed change of the log is in the topic exactly once, and the changes of each row are in the order of their commits. */
    void assertCompleteAndInOrder() {
        TableId id = TableId.parse(table);
        List<Long> logged = pipeline.source().column(LOGGED.formatted(id.schema(), id.name())).stream()
                .map(Long::valueOf)
                .toList();
        assertThat(changes().stream().map(TopicRecord::changeId).sorted().toList())
                .as("ids of the changes in %s, in order, against those of the log", pipeline.topic(table))
                .isEqualTo(logged);
        assertInOrder();
    }

    /** The changes of each row are in the order of their commits, and none is there twice. */
    void assertInOrder() {
        Map<String, TopicRecord> lastOfKey = new HashMap<>();
        Map<String, Long> versionOfKey = new HashMap<>();
        for (TopicRecord change : changes()) {
            TopicRecord before = lastOfKey.put(change.key(), change);
            if (before != null) {
                assertThat(change.changeId())
                        .as("change of %s at offset %d after %s", change.key(), change.offset(), before)
                        .isGreaterThan(before.changeId());
            }
            if (change.version() > 0) {
                Long version = versionOfKey.put(change.key(), change.version());
                assertThat(change.version())
                        .as("version of %s at offset %d", change.key(), change.offset())
                        .isGreaterThan(version == null ? 0 : version);
            }
        }
    }

    /** All that a topic of one partition has now. */
    static List<ConsumerRecord<byte[], byte[]>> records(Pipeline pipeline, String table) {
        String topic = pipeline.topic(table);
        Map<String, Object> config = Map.of(
                "bootstrap.servers", pipeline.stack().broker().bootstrapServers(), "auto.offset.reset", "earliest");
        try (var consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            assertThat(consumer.partitionsFor(topic)).hasSize(1);
            consumer.assign(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofSeconds(5)).forEach(records::add);
            }
            return records;
        }
    }
}
