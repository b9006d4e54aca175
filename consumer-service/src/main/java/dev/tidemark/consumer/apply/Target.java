package dev.tidemark.consumer.apply;

import dev.tidemark.consumer.apply.SinkProperties.SchemaPolicy;
import dev.tidemark.consumer.apply.SinkProperties.SoftDelete;
import dev.tidemark.model.TableId;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a table of the source is at the destination.
 *
 * @param table its name there
 * @param columns the names of columns there, by those at the source, where they differ
 * @param schemaChanges what to do when the table was altered at the source
 * @param softDelete how deleted rows are marked; null if they are deleted
 */
record Target(
        TableId table,
        Map<String, String> columns,
        SchemaPolicy schemaChanges,
        @Nullable SoftDelete softDelete) {

    /** Whether columns that the table does not have are left out. */
    boolean isIgnoring() {
        return schemaChanges == SchemaPolicy.IGNORE;
    }

    /** The name of the source's column at the destination. */
    String column(String name) {
        return columns.getOrDefault(name, name);
    }

    /** Whether the column tells that the row is deleted. */
    boolean isMark(String column) {
        return softDelete != null
                && (softDelete.flag().equals(column) || softDelete.time().equals(column));
    }

    /** @throws EnvironmentException if a column of the source would be one that tells whether a row is deleted */
    void requireNoMark(String name) {
        if (isMark(column(name))) {
            throw new EnvironmentException(
                    ("The column %s of the source would be the one by which the table %s marks deleted rows:"
                                    + " give one of them another name there (columns or soft-delete of the table in cdc.sink.tables)")
                            .formatted(TableId.quote(name), table));
        }
    }

    /** The name at the source of the destination's column; null if it is the destination's own, and has the name that a renamed one has at the source. */
    @Nullable
    String source(String name) {
        for (Map.Entry<String, String> renamed : columns.entrySet()) {
            if (renamed.getValue().equals(name)) {
                return renamed.getKey();
            }
        }
        return columns.containsKey(name) ? null : name;
    }
}
