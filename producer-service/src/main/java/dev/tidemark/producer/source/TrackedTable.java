package dev.tidemark.producer.source;

import dev.tidemark.model.TableId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A table whose changes are captured.
 *
 * @param number what stands for the table in the change log
 * @param keyColumns the columns of the key, in key order
 * @param rowExpression SQL that makes the JSON of a row {@code t}, the same that the triggers use
 * @param keyExpression SQL that makes the JSON of the key of a row {@code t}, likewise
 * @param trackedAt since when changes are captured without a gap
 * @param copyAt when a new copy was last asked for, though there was no gap, or null
 * @param active whether changes are captured now; rows of the log may still belong to a table that no longer is
 */
public record TrackedTable(
        int number,
        TableId id,
        List<String> keyColumns,
        String rowExpression,
        String keyExpression,
        String trackedAt,
        @Nullable String copyAt,
        boolean active) {}
