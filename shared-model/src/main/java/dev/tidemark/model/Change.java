package dev.tidemark.model;

import org.jspecify.annotations.Nullable;

/**
 * One change of a row, or its state in a snapshot, as the source recorded it: JSON text that is passed on as it is.
 *
 * @param operation what happened
 * @param data the row's columns as a JSON object: the state after the change, or the last state of a deleted row; null if there is none or it was left out
 * @param before the row before an update, where the source was asked for it and a message can carry it; else null
 * @param txId the source's transaction
 * @param changeId the change's number in the change log, or 0 in a snapshot
 * @param changedAtMicros when the row was changed or read, in microseconds since 1970 by the source's clock
 * @param omittedBytes the size of data that was left out because no message could carry it, or 0
 */
public record Change(
        Operation operation,
        byte @Nullable [] data,
        byte @Nullable [] before,
        long txId,
        long changeId,
        long changedAtMicros,
        long omittedBytes) {

    /** Without the row before. */
    public Change(
            Operation operation,
            byte @Nullable [] data,
            long txId,
            long changeId,
            long changedAtMicros,
            long omittedBytes) {
        this(operation, data, null, txId, changeId, changedAtMicros, omittedBytes);
    }
}
