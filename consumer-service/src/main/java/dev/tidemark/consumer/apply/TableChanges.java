package dev.tidemark.consumer.apply;

import dev.tidemark.model.Columns;
import dev.tidemark.model.Row;
import dev.tidemark.model.RowKey;
import dev.tidemark.model.TableId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What to make of some rows of a table, each row at most once: grouped by shape, since a statement serves rows of one shape. */
final class TableChanges {

    private final TableId table;
    private final Map<Columns, List<Row>> deletes = new LinkedHashMap<>();
    private final Map<RowShape, Upserts> upserts = new LinkedHashMap<>();
    /** The shape of the last row is nearly always that of the next one, too: the very same objects. */
    private Columns lastRow = new Columns(List.of());

    private Columns lastKey = lastRow;
    private Upserts last = new Upserts();

    /** Rows of one shape with their keys. */
    static final class Upserts {
        final List<RowKey> rowKeys = new ArrayList<>();
        final List<Row> keys = new ArrayList<>();
        final List<Row> rows = new ArrayList<>();
    }

    TableChanges(TableId table) {
        this.table = table;
    }

    void delete(Row key) {
        deletes.computeIfAbsent(key.columns(), columns -> new ArrayList<>()).add(key);
    }

    /** @param key the columns of the row's key */
    void upsert(RowKey rowKey, Row key, Row row) {
        if (row.columns() != lastRow || key.columns() != lastKey) {
            lastRow = row.columns();
            lastKey = key.columns();
            last = upserts.computeIfAbsent(new RowShape(lastRow, lastKey), shape -> new Upserts());
        }
        last.rowKeys.add(rowKey);
        last.keys.add(key);
        last.rows.add(row);
    }

    TableId table() {
        return table;
    }

    /** The keys of the rows that are to be gone, by the columns of the key. */
    Map<Columns, List<Row>> deletes() {
        return deletes;
    }

    /** The rows that are to be, by shape. */
    Map<RowShape, Upserts> upserts() {
        return upserts;
    }
}
