package dev.tidemark.consumer.apply;

import static java.util.stream.Collectors.toMap;

import dev.tidemark.consumer.apply.SinkProperties.SoftDelete;
import dev.tidemark.model.TableId;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a table of the source is at the destination.
 *
 * @param table its name there
 * @param columns the names of columns there, by those at the source, where they differ
 * @param ignoring whether columns that the table does not have are left out
 * @param softDelete how deleted rows are marked; null if they are deleted
 */
record Target(
        TableId table,
        Map<String, String> columns,
        boolean ignoring,
        @Nullable SoftDelete softDelete) {

    /** The name of the source's column at the destination. */
    String column(String name) {
        return columns.getOrDefault(name, name);
    }

    /** Whether the column tells that the row is deleted. */
    boolean isMark(String column) {
        return softDelete != null
                && (softDelete.flag().equals(column) || softDelete.time().equals(column));
    }

    /** The names of columns at the source, by those at the destination, where they differ. */
    Map<String, String> sources() {
        return columns.entrySet().stream().collect(toMap(Map.Entry::getValue, Map.Entry::getKey));
    }
}
