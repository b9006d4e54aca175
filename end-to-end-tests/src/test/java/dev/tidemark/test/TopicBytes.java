package dev.tidemark.test;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** All that is in the topics of a pipeline, as a reader gets it: keys, values and headers. */
final class TopicBytes {

    private TopicBytes() {}

    /** The bytes as characters, by topic. */
    static Map<String, String> of(Pipeline pipeline) {
        String prefix = pipeline.prefix() + ".";
        Map<String, Object> config = Map.of(
                "bootstrap.servers", pipeline.stack().broker().bootstrapServers(), "auto.offset.reset", "earliest");
        Map<String, StringBuilder> topics = new TreeMap<>();
        try (var consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            var partitions = consumer.listTopics().entrySet().stream()
                    .filter(topic -> topic.getKey().startsWith(prefix))
                    .map(Map.Entry::getValue)
                    .flatMap(Collection::stream)
                    .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                    .toList();
            consumer.assign(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(5))) {
                    StringBuilder text = topics.computeIfAbsent(record.topic(), topic -> new StringBuilder());
                    append(text, record.key());
                    append(text, record.value());
                    record.headers().forEach(header -> append(text, header.value()));
                }
            }
        }
        Map<String, String> contents = new TreeMap<>();
        topics.forEach((topic, text) -> contents.put(topic, text.toString()));
        return contents;
    }

    private static void append(StringBuilder text, byte[] bytes) {
        if (bytes != null) {
            text.append(new String(bytes, ISO_8859_1)).append('\n');
        }
    }
}
