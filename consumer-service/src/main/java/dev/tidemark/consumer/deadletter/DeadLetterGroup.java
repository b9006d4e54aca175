package dev.tidemark.consumer.deadletter;

import dev.tidemark.model.TableId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Dead letters of one cause.
 *
 * @param refusal the cause, with the message of the newest of them
 * @param oldest when the first of them was first seen
 * @param newest when the last of them was first seen
 * @param exampleId the newest of them
 * @param exampleKey its key
 */
public record DeadLetterGroup(
        @Nullable TableId table,
        Refusal refusal,
        DeadLetterState state,
        long count,
        Instant oldest,
        Instant newest,
        long exampleId,
        @Nullable String exampleKey) {}
