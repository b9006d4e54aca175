package dev.tidemark.producer.publish;

import dev.tidemark.model.TableId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import tools.jackson.databind.json.JsonMapper;

/**
 * The compacted topic in which the producer keeps its position, beside the events that it is the position of.
 *
 * <p>Every key names the incarnation (epoch) that wrote it, and only what the highest one wrote counts: what a former incarnation still writes late, even as
 * the last record of all, changes nothing. A new incarnation copies the state under its own epoch, the intent last, and then deletes the older keys.
 */
final class OffsetsTopic {

    /** How long to wait for one answer of the broker. */
    private static final Duration ANSWER = Duration.ofSeconds(5);

    private static final String INTENT = "intent";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final KafkaTemplate<byte[], byte[]> kafka;
    private final ConsumerFactory<byte[], byte[]> consumers;
    private final String topic;
    private Map<Key, byte[]> entries = Map.of();

    OffsetsTopic(KafkaTemplate<byte[], byte[]> kafka, ConsumerFactory<byte[], byte[]> consumers, String topic) {
        this.kafka = kafka;
        this.consumers = consumers;
        this.topic = topic;
    }

    CompletableFuture<?> write(Intent intent) {
        return send(new Key(intent.epoch(), INTENT, null, null), intent);
    }

    CompletableFuture<?> write(long epoch, TableProgress progress) {
        return send(new Key(epoch, "table", progress.schema(), progress.table()), progress);
    }

    /** What counts is the last incarnation that had taken over, which it says by its first intent: one that ended before has left nothing of its own. */
    StoredState read(Deadline deadline) {
        entries = readAll(deadline);
        return state(entries);
    }

    /** The same, for who will not take over. */
    StoredState peek(Deadline deadline) {
        return state(readAll(deadline));
    }

    private static StoredState state(Map<Key, byte[]> entries) {
        long last = entries.keySet().stream().mapToLong(Key::epoch).max().orElse(0);
        long active = entries.keySet().stream()
                .filter(key -> key.kind().equals(INTENT))
                .mapToLong(Key::epoch)
                .max()
                .orElse(-1);
        Intent intent = null;
        Map<TableId, TableProgress> tables = new HashMap<>();
        for (Map.Entry<Key, byte[]> entry : entries.entrySet()) {
            if (entry.getKey().epoch() != active) {
                continue;
            }
            if (entry.getKey().kind().equals(INTENT)) {
                intent = JSON.readValue(entry.getValue(), Intent.class);
            } else {
                TableProgress progress = JSON.readValue(entry.getValue(), TableProgress.class);
                tables.put(progress.id(), progress);
            }
        }
        return new StoredState(last, intent, tables);
    }

    /** Deletes what was last read. Called when its successor has written it down again. */
    List<CompletableFuture<?>> forgetRead() {
        List<CompletableFuture<?>> deletions = new ArrayList<>();
        entries.keySet().forEach(key -> deletions.add(send(key, null)));
        entries = Map.of();
        return deletions;
    }

    private CompletableFuture<?> send(Key key, @Nullable Object value) {
        byte[] bytes = value == null ? null : JSON.writeValueAsBytes(value);
        return Delivery.send(() -> kafka.send(topic, 0, JSON.writeValueAsBytes(key), bytes));
    }

    private Map<Key, byte[]> readAll(Deadline deadline) {
        Map<Key, byte[]> all = new HashMap<>();
        TopicPartition partition = new TopicPartition(topic, 0);
        try (Consumer<byte[], byte[]> consumer = consumers.createConsumer(null, null, null, null)) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = Objects.requireNonNull(
                    consumer.endOffsets(List.of(partition), ANSWER).get(partition));
            while (consumer.position(partition, ANSWER) < end) {
                deadline.check("let the topic " + topic + " be read");
                consumer.poll(deadline.slice()).forEach(entry -> keep(all, entry));
            }
        } catch (KafkaException e) {
            throw new KafkaUnavailableException("The topic " + topic + " cannot be read", e);
        }
        return all;
    }

    private static void keep(Map<Key, byte[]> entries, ConsumerRecord<byte[], byte[]> entry) {
        Key key = JSON.readValue(entry.key(), Key.class);
        if (entry.value() == null) {
            entries.remove(key);
        } else {
            entries.put(key, entry.value());
        }
    }

    private record Key(
            long epoch,
            String kind,
            @Nullable String schema,
            @Nullable String table) {}
}
