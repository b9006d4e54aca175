package dev.tidemark.consumer.apply;

import dev.tidemark.consumer.apply.Step.Chunk;
import dev.tidemark.model.Columns;
import dev.tidemark.model.EventReader;
import dev.tidemark.model.Marker.ChunkStart;
import dev.tidemark.model.Marker.ColumnType;
import dev.tidemark.model.Row;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Makes a range of a table's keys equal to a chunk: deletes the rows that are not in it, then writes all that are. The table is made when it is missing and
 * this is wished for.
 */
final class ChunkWriter {

    private final TableCatalog catalog;
    private final TableCreator creator;
    private final SinkProperties properties;
    private final EventReader reader;
    private final Reduction reduction;

    ChunkWriter(TableCatalog catalog, SinkProperties properties, EventReader reader) {
        this.catalog = catalog;
        this.creator = new TableCreator();
        this.properties = properties;
        this.reader = reader;
        this.reduction = new Reduction(reader);
    }

    void write(Connection connection, Chunk chunk) throws SQLException {
        createIfWished(connection, chunk.start());
        Collection<TableChanges> rows = reduction.reduce(chunk.events());
        TableWriter writer = clear(connection, chunk, keys(rows));
        for (TableChanges changes : rows) {
            writer.write(changes);
        }
    }

    /** Makes room for a chunk: there will be no row in its range. */
    void clear(Connection connection, Chunk chunk) throws SQLException {
        createIfWished(connection, chunk.start());
        clear(connection, chunk, List.of());
    }

    private TableWriter clear(Connection connection, Chunk chunk, List<Row> kept) throws SQLException {
        SinkTable table = catalog.get(connection, chunk.table());
        TableWriter writer = new TableWriter(connection, table);
        Columns key = key(chunk.start());
        writer.deleteOthers(new KeyRange(chunk.start(), table.key(key), reader), key, kept);
        return writer;
    }

    /** A chunk begins a look at the table as it is now, so that what was known of it is forgotten. */
    void createIfWished(Connection connection, ChunkStart start) throws SQLException {
        catalog.forget(start.tableId());
        if (properties.createTables() && !TableCatalog.exists(connection, start.tableId())) {
            creator.create(connection, start);
        }
    }

    private static List<Row> keys(Collection<TableChanges> rows) {
        return rows.stream()
                .flatMap(changes -> changes.upserts().values().stream())
                .flatMap(upserts -> upserts.keys.stream())
                .toList();
    }

    private static Columns key(ChunkStart start) {
        return new Columns(start.columns().stream()
                .filter(column -> column.keyPosition() > 0)
                .sorted(Comparator.comparingInt(ColumnType::keyPosition))
                .map(ColumnType::name)
                .toList());
    }
}
