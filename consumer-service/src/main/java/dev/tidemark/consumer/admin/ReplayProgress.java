package dev.tidemark.consumer.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far a replay of many letters is.
 *
 * @param total how many letters matched at its start; null if it could not look yet
 * @param done how many of them it is through with
 * @param superseded of a row that a later event was applied of
 * @param skipped that somebody else has closed meanwhile
 * @param failed that could not be tried, though the destination is there: they are open as before
 * @param error what is in the way, or was at the end; else what the last one has failed with
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ReplayProgress(
        long number,
        State state,
        @Nullable Long total,
        long done,
        long replayed,
        long refused,
        long superseded,
        long skipped,
        long failed,
        Instant startedAt,
        @Nullable Instant endedAt,
        String by,
        @Nullable String error) {

    enum State {
        RUNNING,
        DONE,
        CANCELLED,
        FAILED
    }
}
