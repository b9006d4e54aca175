package dev.tidemark.producer.publish;

import dev.tidemark.model.TableId;
import dev.tidemark.model.TopicNames;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.KafkaTemplate;

/**
 * Exactly-once transport without Kafka's transactions, by write-ahead intents:
 *
 * <ol>
 *   <li>{@link #announce} the page, and wait for the acknowledgement;
 *   <li>{@link #send} its events;
 *   <li>wait until all of them are acknowledged, before anything else is announced.
 * </ol>
 *
 * After a crash the last intent's page is sent again with the same numbers, and the consumer drops what it has. That needs what was delivered of a page to be
 * a prefix of it in each partition: the Kafka client is idempotent, keeps the order and never gives up an event while it runs.
 */
public final class Publisher implements AutoCloseable {

    private final KafkaTemplate<byte[], byte[]> kafka;
    private final TopicNames names;
    private final Topics topics;
    private final OffsetsTopic offsets;

    public Publisher(
            KafkaTemplate<byte[], byte[]> kafka,
            ConsumerFactory<byte[], byte[]> consumers,
            KafkaAdmin admin,
            TopicNames names,
            TopicsProperties properties) {
        this.kafka = kafka;
        this.names = names;
        this.topics = new Topics(admin, properties);
        this.offsets = new OffsetsTopic(kafka, consumers, names.offsets());
    }

    /** What former incarnations have left. */
    public StoredState read(Deadline deadline) {
        topics.ensureOffsets(names.offsets());
        return offsets.read(deadline);
    }

    /** The same, for who will not take over; safe to call from any thread. */
    public StoredState peek(Deadline deadline) {
        return topics.look(List.of(names.offsets())).isEmpty()
                ? new StoredState(0, null, Map.of())
                : offsets.peek(deadline);
    }

    /** Deletes what former incarnations have left. Called when all of it is stored anew. */
    public void forgetRead(Deadline deadline) {
        new Delivery(offsets.forgetRead()).await(deadline);
    }

    /**
     * Makes the table's topic if it is missing, and that of its dead letters.
     *
     * @param ordered whether the order of events counts beyond the single row
     */
    public TableTopic ensureTopic(TableId table, boolean ordered) {
        String topic = names.of(table);
        return topics.ensureEvents(topic, TopicNames.deadLetters(topic), ordered);
    }

    /** The name of the table's topic. */
    public String topic(TableId table) {
        return names.of(table);
    }

    /**
     * Asks Kafka even if there are no topics to ask for, so that an answer always means that it is there.
     *
     * @return those of the topics that exist
     */
    public Map<String, TableTopic> topics(Collection<String> wanted) {
        List<String> all = new ArrayList<>(wanted);
        all.add(names.offsets());
        return topics.look(all);
    }

    /** Writes the intent; its page may be sent when Kafka has it. */
    public Delivery announce(Intent intent) {
        return new Delivery(List.of(offsets.write(intent)));
    }

    /** Writes the progress of a table's snapshot. */
    public Delivery store(long epoch, TableProgress progress) {
        return new Delivery(List.of(offsets.write(epoch, progress)));
    }

    /** Hands events to the Kafka client, in order; none behind one that it refuses at once, which may have taken it long. */
    public Delivery send(List<ProducerRecord<byte[], byte[]>> events) {
        List<CompletableFuture<?>> acknowledgements = new ArrayList<>(events.size());
        for (ProducerRecord<byte[], byte[]> event : events) {
            CompletableFuture<?> acknowledgement = Delivery.send(() -> kafka.send(event));
            acknowledgements.add(acknowledgement);
            if (acknowledgement.isCompletedExceptionally()) {
                break;
            }
        }
        return new Delivery(acknowledgements);
    }

    /** Lets the Kafka client go, with all that it still holds. */
    public void reset() {
        kafka.getProducerFactory().reset();
    }

    @Override
    public void close() {
        topics.close();
    }
}
