package dev.tidemark.consumer.ingest;

import java.util.Collection;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.event.ListenerContainerIdleEvent;
import org.springframework.kafka.listener.CommonErrorHandler;
import org.springframework.kafka.listener.ConsumerAwareRebalanceListener;
import org.springframework.kafka.listener.MessageListenerContainer;

/**
 * Where the container's thread enters. Everything that the container tells goes to the {@link Ingestion}, and nothing comes back: the container neither
 * commits nor seeks nor gives up on a record by itself.
 */
class ChangeListener implements ConsumerAwareRebalanceListener, CommonErrorHandler {

    static final String ID = "tidemark";

    private static final Logger log = LoggerFactory.getLogger(ChangeListener.class);

    private final Ingestion ingestion;
    private final GroupOffsets groupOffsets;

    ChangeListener(Ingestion ingestion, GroupOffsets groupOffsets) {
        this.ingestion = ingestion;
        this.groupOffsets = groupOffsets;
    }

    /** One thread: partitions are spread over instances, not over threads, which would have to share the destination's one core anyway. */
    @KafkaListener(
            id = ID,
            idIsGroup = false,
            topicPattern = "#{@topicNames.tables()}",
            batch = "true",
            concurrency = "1",
            autoStartup = "false")
    void onRecords(ConsumerRecords<byte[], byte[]> records, Consumer<?, ?> consumer) {
        ingestion.tick(consumer);
        ingestion.take(records, consumer);
        groupOffsets.tell(ingestion.committed(), consumer);
    }

    @EventListener
    void onIdle(ListenerContainerIdleEvent event) {
        Consumer<?, ?> consumer = event.getConsumer();
        ingestion.tick(consumer);
        groupOffsets.tell(ingestion.committed(), consumer);
    }

    @Override
    public void onPartitionsAssigned(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
        log.info("Assigned {}", partitions);
        ingestion.assigned(partitions);
    }

    @Override
    public void onPartitionsRevokedBeforeCommit(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
        log.info("Revoked {}", partitions);
        ingestion.revoked(partitions);
    }

    @Override
    public void onPartitionsLost(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
        log.info("Lost {}", partitions);
        ingestion.revoked(partitions);
    }

    /** Polling failed. The position may be out of range, or a record damaged. */
    @Override
    public void handleOtherException(
            Exception error, Consumer<?, ?> consumer, MessageListenerContainer container, boolean batchListener) {
        if (!(error instanceof UnreadableTopicsException)) {
            log.warn("Polling failed", error);
        }
        ingestion.failed(partitions(error, consumer), error, consumer);
    }

    private static Collection<TopicPartition> partitions(Exception error, Consumer<?, ?> consumer) {
        if (error instanceof InvalidOffsetException invalid) {
            return invalid.partitions();
        }
        if (error instanceof UnreadableTopicsException unreadable) {
            return consumer.assignment().stream()
                    .filter(partition -> unreadable.topics().contains(partition.topic()))
                    .toList();
        }
        return consumer.assignment();
    }

    /** Only a bug comes here: failures to apply are dealt with. Nothing is given up for one. */
    @Override
    public void handleBatch(
            Exception error,
            ConsumerRecords<?, ?> records,
            Consumer<?, ?> consumer,
            MessageListenerContainer container,
            Runnable invokeListener) {
        handleOtherException(error, consumer, container, true);
    }
}
