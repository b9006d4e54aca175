package dev.tidemark.consumer.deadletter;

import dev.tidemark.model.ChangeEvent;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * An event that is to become a dead letter.
 *
 * @param topicId Kafka's id of the record's topic
 * @param event what the record says; null if it could not be understood
 */
public record RefusedEvent(
        ConsumerRecord<byte[], byte[]> record,
        String topicId,
        @Nullable ChangeEvent event,
        Refusal refusal) {}
