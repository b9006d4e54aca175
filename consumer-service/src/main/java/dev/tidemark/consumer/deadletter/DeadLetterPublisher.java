package dev.tidemark.consumer.deadletter;

import dev.tidemark.model.TopicNames;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.core.KafkaTemplate;

/**
 * Sends letters to the dead-letter topics, in the order of their ids, each at least once: first they are sent, then marked. The record is the event's, byte for
 * byte and in the partition of the same number, with {@linkplain DeadLetterHeaders headers} that say what happened.
 *
 * <p>The row is the truth and the topic a copy for others: it says what was refused, not what became of it. Nobody waits for it. For use by one thread.
 */
final class DeadLetterPublisher implements AutoCloseable {

    /** The Kafka client gives up earlier, see the configuration. */
    private static final long ACKNOWLEDGEMENT_SECONDS = 30;

    private final DataSource dataSource;
    private final KafkaTemplate<byte[], byte[]> kafka;
    private final DeadLetterTopics topics;
    private final String consumerGroup;
    /** Letters that Kafka has and that could not be marked. */
    private final Set<Long> sent = new HashSet<>();
    /** Letters that Kafka does not take, until the next start. They keep no others from being sent. */
    private final Set<Long> unsendable = ConcurrentHashMap.newKeySet();

    private final AtomicLong published = new AtomicLong();

    DeadLetterPublisher(
            DataSource dataSource, KafkaTemplate<byte[], byte[]> kafka, DeadLetterTopics topics, String consumerGroup) {
        this.dataSource = dataSource;
        this.kafka = kafka;
        this.topics = topics;
        this.consumerGroup = consumerGroup;
    }

    /** How many letters were sent since the start. */
    long published() {
        return published.get();
    }

    /** How many letters Kafka does not take. */
    int unsendable() {
        return unsendable.size();
    }

    /**
     * Sends the next letters.
     *
     * @return whether there may be more
     * @throws PublishingException if Kafka does not take them
     * @throws SQLException if the destination is away
     */
    boolean publishPage() throws SQLException {
        try {
            List<TopicPartition> partitions = Outbox.partitions(dataSource, unsendable);
            // Fails here when Kafka is away, before a transaction is open.
            partitions.forEach(topics::ensure);
            return !partitions.isEmpty() && publishLocked();
        } catch (PublishingException e) {
            topics.forget();
            throw e;
        }
    }

    private boolean publishLocked() throws SQLException {
        try (Outbox outbox = new Outbox(dataSource)) {
            if (!outbox.lock()) {
                return false;
            }
            List<DeadLetterRecord> page = outbox.page(unsendable);
            PublishingException failure = send(page);
            Set<Long> marked = outbox.markSent(sentOf(page));
            outbox.commit();
            sent.removeAll(marked);
            if (failure != null) {
                throw failure;
            }
            return !marked.isEmpty();
        }
    }

    private List<Long> sentOf(List<DeadLetterRecord> page) {
        return page.stream()
                .map(record -> record.letter().id())
                .filter(sent::contains)
                .toList();
    }

    /** @return why not all were sent */
    private @Nullable PublishingException send(List<DeadLetterRecord> page) {
        Map<Long, CompletableFuture<?>> acknowledgements = new LinkedHashMap<>();
        for (DeadLetterRecord record : page) {
            long id = record.letter().id();
            if (!sent.contains(id)) {
                CompletableFuture<?> acknowledgement = send(record);
                acknowledgements.put(id, acknowledgement);
                if (acknowledgement.isCompletedExceptionally()) {
                    break; // each further one could take as long to fail
                }
            }
        }
        PublishingException failure = null;
        for (var entry : acknowledgements.entrySet()) {
            try {
                await(entry.getKey(), entry.getValue());
            } catch (PublishingException e) {
                failure = e;
            }
        }
        return failure;
    }

    private CompletableFuture<?> send(DeadLetterRecord record) {
        TopicPartition original = record.letter().partition();
        try {
            return kafka.send(new ProducerRecord<>(
                    TopicNames.deadLetters(original.topic()),
                    original.partition(),
                    null,
                    record.key(),
                    record.value(),
                    DeadLetterHeaders.of(record, consumerGroup)));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void await(long id, CompletableFuture<?> acknowledgement) {
        try {
            acknowledgement.get(ACKNOWLEDGEMENT_SECONDS, TimeUnit.SECONDS);
            sent.add(id);
            published.incrementAndGet();
        } catch (ExecutionException e) {
            Throwable cause = rootOf(e);
            if (cause instanceof RecordTooLargeException) {
                unsendable.add(id);
            }
            throw new PublishingException(cause);
        } catch (TimeoutException e) {
            throw new PublishingException("Kafka does not acknowledge");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PublishingException(e);
        }
    }

    private static Throwable rootOf(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    @Override
    public void close() {
        topics.close();
    }
}
