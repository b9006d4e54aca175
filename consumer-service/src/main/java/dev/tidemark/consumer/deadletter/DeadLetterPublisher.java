package dev.tidemark.consumer.deadletter;

import dev.tidemark.model.TopicNames;
import java.sql.SQLException;
import java.time.Clock;
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
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.core.KafkaTemplate;

/**
 * Sends letters to the dead-letter topics, in the order of their ids, each at least once: first they are sent, then marked. The record is the event's, byte for
 * byte and in the partition of the same number, with {@linkplain DeadLetterHeaders headers} that say what happened.
 *
 * <p>A topic that cannot be made or written does not hold up the others: its letters are left out for a minute at a time.
 *
 * <p>The row is the truth and the topic a copy for others: it says what was refused, not what became of it. Nobody waits for it. For use by one thread.
 */
final class DeadLetterPublisher implements AutoCloseable {

    /** The Kafka client gives up earlier, see the configuration. */
    private static final long ACKNOWLEDGEMENT_SECONDS = 30;

    private final DataSource dataSource;
    private final KafkaTemplate<byte[], byte[]> kafka;
    private final DeadLetterTopics topics;
    private final TopicNames names;
    private final String consumerGroup;
    /** Letters that Kafka has and that could not be marked. */
    private final Set<Long> sent = new HashSet<>();
    /** Letters that Kafka does not take, until the next start. They keep no others from being sent. */
    private final Set<Long> unsendable = ConcurrentHashMap.newKeySet();

    private final TopicFaults faults;
    private final AtomicLong published = new AtomicLong();

    DeadLetterPublisher(
            DataSource dataSource,
            KafkaTemplate<byte[], byte[]> kafka,
            DeadLetterTopics topics,
            TopicNames names,
            String consumerGroup,
            Clock clock) {
        this.dataSource = dataSource;
        this.kafka = kafka;
        this.topics = topics;
        this.names = names;
        this.consumerGroup = consumerGroup;
        this.faults = new TopicFaults(clock);
    }

    /** How many letters were sent since the start. */
    long published() {
        return published.get();
    }

    /** How many letters Kafka does not take. */
    int unsendable() {
        return unsendable.size();
    }

    /** Which topics are left out and why; null if none is. */
    @Nullable
    String topicFault() {
        return faults.message();
    }

    /** How often a topic had to be left out since the start. */
    long topicFaults() {
        return faults.count();
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
            Set<String> leftOut = faults.leftOut();
            List<TopicPartition> partitions = Outbox.partitions(dataSource, names, unsendable, leftOut);
            if (partitions.isEmpty()) {
                faults.allSentBut(leftOut);
                return false;
            }
            // Fails here when Kafka is away, before a transaction is open.
            partitions.forEach(this::ensure);
            // When a topic is left out, letters of others move up, whose topics are to be seen to first.
            return !faults.leftOut().equals(leftOut) || publishLocked(leftOut);
        } catch (PublishingException e) {
            topics.forget();
            throw e;
        }
    }

    private void ensure(TopicPartition original) {
        try {
            if (!faults.isLeftOut(original.topic())) {
                topics.ensure(original);
            }
        } catch (PublishingException e) {
            if (!leaveOut(original.topic(), e)) {
                throw e;
            }
        }
    }

    /** @return false if it is not the topic that is to blame */
    private boolean leaveOut(String topic, PublishingException failure) {
        boolean guilty = TopicFaults.isOne(failure.getCause());
        if (guilty && !faults.isLeftOut(topic)) {
            topics.forget();
            faults.add(topic, String.valueOf(failure.getMessage()));
        }
        return guilty;
    }

    private boolean publishLocked(Set<String> leftOut) throws SQLException {
        try (Outbox outbox = new Outbox(dataSource, names)) {
            if (!outbox.lock()) {
                return false;
            }
            List<DeadLetterRecord> page = outbox.page(unsendable, leftOut);
            PublishingException failure = send(page);
            Set<Long> marked = outbox.markSent(sentOf(page));
            outbox.commit();
            sent.removeAll(marked);
            if (failure != null) {
                throw failure;
            }
            return !marked.isEmpty() || !leftOut.containsAll(faults.leftOut());
        }
    }

    private List<Long> sentOf(List<DeadLetterRecord> page) {
        return page.stream()
                .map(record -> record.letter().id())
                .filter(sent::contains)
                .toList();
    }

    /** @return why not all were sent, if it is not for their topics */
    private @Nullable PublishingException send(List<DeadLetterRecord> page) {
        Map<DeadLetter, CompletableFuture<?>> acknowledgements = new LinkedHashMap<>();
        PublishingException failure = null;
        for (DeadLetterRecord record : page) {
            DeadLetter letter = record.letter();
            if (failure == null && isToBeSent(letter)) {
                CompletableFuture<?> acknowledgement = send(record);
                if (acknowledgement.isCompletedExceptionally()) {
                    failure = await(letter, acknowledgement); // each further one could take as long to fail
                } else {
                    acknowledgements.put(letter, acknowledgement);
                }
            }
        }
        for (var entry : acknowledgements.entrySet()) {
            PublishingException own = await(entry.getKey(), entry.getValue());
            failure = own == null ? failure : own;
        }
        return failure;
    }

    private boolean isToBeSent(DeadLetter letter) {
        return !sent.contains(letter.id())
                && !faults.isLeftOut(letter.partition().topic());
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

    /** @return why it was not sent, if it is not for its topic */
    private @Nullable PublishingException await(DeadLetter letter, CompletableFuture<?> acknowledgement) {
        try {
            acknowledgement.get(ACKNOWLEDGEMENT_SECONDS, TimeUnit.SECONDS);
            sent.add(letter.id());
            published.incrementAndGet();
            faults.mended(letter.partition().topic());
            return null;
        } catch (ExecutionException e) {
            return explain(letter, rootOf(e));
        } catch (TimeoutException e) {
            return new PublishingException("Kafka does not acknowledge");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new PublishingException(e);
        }
    }

    /** @return nothing if it is the topic that is to blame */
    private @Nullable PublishingException explain(DeadLetter letter, Throwable cause) {
        PublishingException failure = new PublishingException(cause);
        // First, since Kafka counts an invalid record as a configuration that is.
        if (cause instanceof RecordTooLargeException || cause instanceof InvalidRecordException) {
            unsendable.add(letter.id());
            return failure;
        }
        return leaveOut(letter.partition().topic(), failure) ? null : failure;
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
