package dev.tidemark.producer.source;

import dev.tidemark.model.RowKey;
import org.jspecify.annotations.Nullable;

/**
 * The part of a table that is copied anew.
 *
 * @param after the key behind which it begins, or null if it begins with the table
 * @param upTo its last key, or null if it ends with the table
 */
public record CopyRange(@Nullable RowKey after, @Nullable RowKey upTo) {

    /** @return null for the whole table */
    static @Nullable CopyRange of(@Nullable String after, @Nullable String upTo) {
        return after == null && upTo == null
                ? null
                : new CopyRange(after == null ? null : new RowKey(after), upTo == null ? null : new RowKey(upTo));
    }
}
