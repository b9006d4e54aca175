package dev.tidemark.consumer.apply;

import static dev.tidemark.consumer.apply.Attempts.attempt;

import dev.tidemark.consumer.apply.Step.Chunk;
import dev.tidemark.consumer.apply.Step.RowChange;
import dev.tidemark.model.ChangeEvent;
import dev.tidemark.model.Columns;
import dev.tidemark.model.EventReader;
import dev.tidemark.model.Marker.ChunkStart;
import dev.tidemark.model.Marker.ColumnType;
import dev.tidemark.model.Row;
import dev.tidemark.model.RowKey;
import dev.tidemark.model.TableId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Makes a range of a table's keys equal to a chunk: deletes the rows that are not in it, then writes all that are. The table is made when it is missing and
 * this is wished for.
 */
final class ChunkWriter {

    private final TableCatalog catalog;
    private final SchemaFollower schema;
    private final boolean createTables;
    private final EventReader reader;
    private final Reduction reduction;

    ChunkWriter(TableCatalog catalog, SchemaFollower schema, boolean createTables, EventReader reader) {
        this.catalog = catalog;
        this.schema = schema;
        this.createTables = createTables;
        this.reader = reader;
        this.reduction = new Reduction(reader);
    }

    void write(Connection connection, Chunk chunk, Verdicts verdicts) throws SQLException {
        TableWriter writer = clear(connection, chunk);
        List<ChangeEvent> rows =
                verdicts.accepted(chunk.rows()).stream().map(RowChange::event).toList();
        for (TableChanges changes : reduction.reduce(rows)) {
            writer.write(changes);
        }
    }

    /** Deletes the rows of the chunk's range that are not in the chunk. */
    TableWriter clear(Connection connection, Chunk chunk) throws SQLException {
        return clear(connection, chunk, chunk.complete() ? keys(chunk) : List.of());
    }

    /** The same where some keys do not fit the table: there is no row with such a key. */
    void clearFitting(Connection connection, Chunk chunk) throws SQLException {
        SinkTable table = catalog.get(connection, chunk.table());
        TableWriter writer = new TableWriter(connection, table);
        List<Row> fitting = new ArrayList<>();
        for (Row key : keys(chunk)) {
            Exception error = attempt(connection, () -> writer.requireFitting(key));
            if (error == null) {
                fitting.add(key);
            } else if (ErrorKind.of(error) == ErrorKind.ENVIRONMENT) {
                throw new SQLException(error);
            }
        }
        clear(connection, chunk, fitting);
    }

    private TableWriter clear(Connection connection, Chunk chunk, List<Row> kept) throws SQLException {
        prepareTable(connection, chunk.start());
        SinkTable table = catalog.get(connection, chunk.table());
        TableWriter writer = new TableWriter(connection, table);
        Columns key = key(chunk.start());
        KeyRange range = new KeyRange(chunk.start(), table.key(key), reader);
        if (chunk.complete() && !isShared(chunk)) {
            if (chunk.share().isAll()) {
                writer.deleteOthers(range, key, kept);
            } else {
                new ShareDeletion(connection, table, chunk.share(), reader).deleteOthers(range, key, kept);
            }
        }
        return writer;
    }

    /** The other pipelines of this destination have their rows in the same table; of this one there is always a row while it is captured. */
    private static boolean isShared(Chunk chunk) {
        return chunk.table().equals(TableId.HEARTBEAT);
    }

    /**
     * Makes the table if it is missing and this is wished for, and has it follow the source's. A chunk begins a look at the table as it is now, so that what was known of
     * it is forgotten.
     */
    void prepareTable(Connection connection, ChunkStart start) throws SQLException {
        catalog.forget(start.tableId());
        if (!createTables || catalog.exists(connection, start.tableId())) {
            schema.follow(connection, start);
            return;
        }
        // The other partitions' consumers have the same chunk.
        TableCreator.lock(connection);
        if (!catalog.exists(connection, start.tableId())) {
            TableCreator.create(connection, start, catalog.target(start.tableId()));
        }
    }

    private List<Row> keys(Chunk chunk) {
        return chunk.rows().stream()
                .map(row -> reader.columns(new RowKey(row.key())))
                .toList();
    }

    static Columns key(ChunkStart start) {
        return new Columns(start.columns().stream()
                .filter(column -> column.keyPosition() > 0)
                .sorted(Comparator.comparingInt(ColumnType::keyPosition))
                .map(ColumnType::name)
                .toList());
    }
}
