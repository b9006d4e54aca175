package dev.tidemark.model;

import org.jspecify.annotations.Nullable;

/**
 * A change as a reader of the topic sees it.
 *
 * @param operation what happened
 * @param table the table at the source
 * @param key the row's key; null for a truncate
 * @param row the state after the change, or the last state of a deleted row; null for a truncate and where it was left out
 * @param sequence the event's number in the pipeline
 * @param transactionId the source's transaction, or 0 if the event does not tell
 * @param changedAtMicros when the row was changed or read, in microseconds since 1970 by the source's clock
 * @param omittedBytes the size of a row that was left out because no message could carry it, or 0
 */
public record ChangeEvent(
        Operation operation,
        TableId table,
        @Nullable RowKey key,
        @Nullable Row row,
        long sequence,
        long transactionId,
        long changedAtMicros,
        long omittedBytes) {}
