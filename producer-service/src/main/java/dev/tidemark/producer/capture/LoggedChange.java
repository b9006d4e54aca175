package dev.tidemark.producer.capture;

import dev.tidemark.model.Change;
import org.jspecify.annotations.Nullable;

/**
 * A row of the change log: what happened to a row or table, or that the table was altered; if neither, the triggers could not say: it was altered so that it can
 * no longer be captured.
 *
 * @param id its number in the log
 * @param slot the time slot that holds it
 * @param tableId the number of the tracked table
 * @param key the changed row's key as a JSON object; null for what concerns the whole table
 * @param change what happened
 * @param schemaChange which columns the table has now
 */
record LoggedChange(
        long id,
        int slot,
        int tableId,
        byte @Nullable [] key,
        @Nullable Change change,
        @Nullable SchemaChange schemaChange) {

    boolean isUncaptured() {
        return change == null && schemaChange == null;
    }
}
