package dev.tidemark.consumer.apply;

import dev.tidemark.model.ChangeEvent;
import dev.tidemark.model.EventReader;
import dev.tidemark.model.Operation;
import dev.tidemark.model.Row;
import dev.tidemark.model.RowKey;
import dev.tidemark.model.TableId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What is left of changes when only the last one of each row counts. Every event holds the whole row, so that the ones before it make no difference once it
 * is applied.
 */
final class Reduction {

    private final EventReader reader;

    Reduction(EventReader reader) {
        this.reader = reader;
    }

    /** The changes that remain, by table, tables in the order of their first change. */
    Collection<TableChanges> reduce(Iterable<ChangeEvent> events) {
        Map<TableId, Map<RowKey, ChangeEvent>> last = new LinkedHashMap<>();
        Map<RowKey, ChangeEvent> rows = Map.of();
        TableId table = null;
        for (ChangeEvent event : events) {
            if (event.table() != table) {
                table = event.table();
                rows = last.computeIfAbsent(table, id -> new HashMap<>());
            }
            rows.put(Objects.requireNonNull(event.key()), event);
        }
        List<TableChanges> changes = new ArrayList<>(last.size());
        last.forEach((id, remaining) -> changes.add(changes(id, remaining)));
        return changes;
    }

    private TableChanges changes(TableId table, Map<RowKey, ChangeEvent> rows) {
        TableChanges changes = new TableChanges(table);
        rows.forEach((key, event) -> {
            Row keyColumns = reader.columns(key);
            if (event.operation() == Operation.DELETE) {
                changes.delete(keyColumns);
            } else {
                changes.upsert(key, keyColumns, Objects.requireNonNull(event.row()));
            }
        });
        return changes;
    }
}
