package dev.tidemark.producer.capture;

import dev.tidemark.model.Change;
import org.jspecify.annotations.Nullable;

/**
 * A row of the change log.
 *
 * @param id its number in the log
 * @param slot the time slot that holds it
 * @param tableId the number of the tracked table
 * @param key the changed row's key as a JSON object; null for a truncate
 * @param change what happened, or null if the triggers could not say: the table was altered so that it can no longer be captured
 */
record LoggedChange(
        long id,
        int slot,
        int tableId,
        byte @Nullable [] key,
        @Nullable Change change) {}
