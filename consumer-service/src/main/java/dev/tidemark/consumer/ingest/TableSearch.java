package dev.tidemark.consumer.ingest;

import dev.tidemark.consumer.apply.Outcome;
import dev.tidemark.consumer.apply.Sink;
import dev.tidemark.model.Marker;
import dev.tidemark.model.Marker.ChunkStart;
import dev.tidemark.model.MarkerCodec;
import dev.tidemark.model.TableId;
import dev.tidemark.model.UndecodableException;
import java.sql.SQLException;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Looks ahead for the description of a table that the destination lacks and may make. A table's description comes with its snapshot, but changes may come
 * before that; so the partition is read on, applying nothing, until the description is found. The table is made, and the partition goes back to where it
 * stands.
 */
final class TableSearch {

    private final Sink sink;
    private final boolean createTables;

    TableSearch(Sink sink, boolean createTables) {
        this.sink = sink;
        this.createTables = createTables;
    }

    /** Whether a partition that stopped should look ahead. */
    boolean isUseful(Outcome outcome) {
        return createTables && outcome.missingTable();
    }

    /**
     * Makes the table if these records describe it.
     *
     * @return whether they did
     */
    boolean createFrom(List<ConsumerRecord<byte[], byte[]>> records, TableId table) throws SQLException {
        for (ConsumerRecord<byte[], byte[]> record : records) {
            ChunkStart start = description(record);
            if (start != null && start.tableId().equals(table)) {
                sink.prepareTable(start);
                return true;
            }
        }
        return false;
    }

    /** Whether somebody else has made the table. */
    boolean isOver(TableId table) {
        try {
            return sink.hasTable(table);
        } catch (SQLException e) {
            return false;
        }
    }

    private static @Nullable ChunkStart description(ConsumerRecord<byte[], byte[]> record) {
        Header header = record.headers().lastHeader(Marker.HEADER);
        if (record.value() != null || header == null) {
            return null;
        }
        try {
            return MarkerCodec.read(header.value()) instanceof ChunkStart start ? start : null;
        } catch (UndecodableException e) {
            return null;
        }
    }
}
