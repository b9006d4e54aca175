package dev.tidemark.consumer.deadletter;

import dev.tidemark.model.TableId;
import java.time.Instant;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter as it is stored.
 *
 * @param table null if the event could not be understood, as are key, operation and sequence
 * @param key the row's key, a JSON object
 * @param attempts how often it was tried
 * @param editedRow the row that was applied in place of the event's, a JSON object
 * @param closedBy who has replayed or discarded it
 */
public record DeadLetter(
        long id,
        TopicPartition partition,
        long offset,
        @Nullable TableId table,
        @Nullable String key,
        @Nullable String operation,
        @Nullable Long sequence,
        Refusal refusal,
        DeadLetterState state,
        int attempts,
        Instant firstSeenAt,
        Instant lastTriedAt,
        @Nullable String editedRow,
        @Nullable Instant closedAt,
        @Nullable String closedBy,
        @Nullable Instant publishedAt) {}
