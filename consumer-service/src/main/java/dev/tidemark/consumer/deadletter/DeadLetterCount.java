package dev.tidemark.consumer.deadletter;

import dev.tidemark.model.TableId;
import org.jspecify.annotations.Nullable;

/**
 * How many dead letters of a table there are.
 *
 * @param table null for those that could not be understood
 * @param oldestSeconds the age of the oldest of them
 */
public record DeadLetterCount(
        @Nullable TableId table, CauseClass causeClass, DeadLetterState state, long count, double oldestSeconds) {}
