package dev.tidemark.producer.source;

import dev.tidemark.model.TableId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A table whose changes are captured.
 *
 * @param number what stands for the table in the change log
 * @param keyColumns the columns of the key, in key order
 * @param keyTypes the type of each of them that gives its values the text that they have in the key's JSON
 * @param keyExpression SQL that makes the JSON of the key of a row {@code t}, the same that the triggers use
 * @param trackedAt since when changes are captured without a gap
 * @param copyAt when a new copy was last asked for, though there was no gap, or null
 * @param copyRange what that copy is of, or null for the whole table
 * @param ordered whether the order of changes counts beyond the single row, since there are unique constraints besides the key
 * @param active whether changes are captured now; rows of the log may still belong to a table that no longer is
 */
public record TrackedTable(
        int number,
        TableId id,
        List<String> keyColumns,
        List<String> keyTypes,
        String keyExpression,
        String trackedAt,
        @Nullable String copyAt,
        @Nullable CopyRange copyRange,
        boolean ordered,
        boolean active) {

    /** The columns of the key, with their types. */
    public Map<String, String> key() {
        Map<String, String> key = new LinkedHashMap<>();
        for (int i = 0; i < keyColumns.size(); i++) {
            key.put(keyColumns.get(i), keyTypes.get(i));
        }
        return key;
    }
}
