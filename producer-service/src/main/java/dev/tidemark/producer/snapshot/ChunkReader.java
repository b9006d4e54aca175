package dev.tidemark.producer.snapshot;

import dev.tidemark.model.Change;
import dev.tidemark.model.EventReader;
import dev.tidemark.model.Operation;
import dev.tidemark.model.Row;
import dev.tidemark.model.RowKey;
import dev.tidemark.producer.source.SourceConnection;
import dev.tidemark.producer.source.SourcePoint;
import dev.tidemark.producer.source.TrackedTable;
import dev.tidemark.producer.source.UntrackableTableException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the next range of a table's keys, in a short transaction whose snapshot says which changes the range already holds. Memory is bounded by the chunk's
 * limits: large rows are fetched one by one.
 */
public final class ChunkReader {

    private static final String ALTERED = """
            SELECT t.relation IS DISTINCT FROM to_regclass(?) OR t.columns::text IS DISTINCT FROM cdc.columns(t.relation)::text
            FROM cdc.tracked_table t WHERE t.id = ?
            """;
    private static final int FETCH_ROWS = 500;
    /** Larger rows are read one by one. */
    private static final int INLINE_BYTES = 64 * 1024;

    private final SnapshotProperties properties;
    private final long maxRowBytes;
    private final EventReader keys = new EventReader();

    /** @param maxRowBytes a larger row goes without its columns */
    public ChunkReader(SnapshotProperties properties, long maxRowBytes) {
        this.properties = properties;
        this.maxRowBytes = maxRowBytes;
    }

    /**
     * @param after the key after which the range begins, or null for the table's begin
     * @param end the last key that the range may have, or null for the table's last
     */
    public Chunk read(SourceConnection source, TrackedTable table, @Nullable RowKey after, @Nullable RowKey end)
            throws SQLException {
        Connection connection = source.jdbc();
        int isolation = connection.getTransactionIsolation();
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        connection.setAutoCommit(false);
        try {
            lock(connection, table);
            SourcePoint point = source.point();
            refuseAltered(connection, table);
            TableShape shape = TableShape.read(connection, table);
            CapturedRows rows = CapturedRows.read(connection, table);
            ChunkSql sql = new ChunkSql(table, rows, shape.key(), properties.keyOrder(), shape.collated());
            return new Reading(connection, sql, shape, point).chunk(after, end);
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
            connection.setTransactionIsolation(isolation);
        }
    }

    /**
     * Before the snapshot is taken, since a table that is rewritten after it looks empty to it. Neither statement takes one; waiting is limited because the changes of
     * all tables wait too.
     */
    private static void lock(Connection connection, TrackedTable table) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET LOCAL lock_timeout = '2s'");
            statement.execute("LOCK TABLE " + table.id().sql() + " IN ACCESS SHARE MODE");
        }
    }

    /** A chunk may not have columns of which the change log has not told before it, nor be of another table that has taken the name. */
    private static void refuseAltered(Connection connection, TrackedTable table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(ALTERED)) {
            statement.setString(1, table.id().sql());
            statement.setInt(2, table.number());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                if (row.getBoolean(1)) {
                    throw new UntrackableTableException("The table " + table.id()
                            + " was altered: its snapshot goes on as soon as it is tracked again");
                }
            }
        }
    }

    /** One chunk in the making. */
    private final class Reading {
        private final Connection connection;
        private final SourcePoint point;
        private final TableShape shape;
        private final ChunkSql sql;

        Reading(Connection connection, ChunkSql sql, TableShape shape, SourcePoint point) {
            this.connection = connection;
            this.point = point;
            this.sql = sql;
            this.shape = sql.ordersByBytes() ? shape.bytewise() : shape;
        }

        Chunk chunk(@Nullable RowKey after, @Nullable RowKey end) throws SQLException {
            List<Chunk.Entry> entries = new ArrayList<>();
            boolean reachedEnd = false;
            try (PreparedStatement query =
                    connection.prepareStatement(sql.rows(after != null, end != null, INLINE_BYTES))) {
                query.setFetchSize(FETCH_ROWS);
                int bound = bind(query, end, bind(query, after, 0));
                query.setInt(bound + 1, properties.maxChunkRows());
                try (ResultSet rows = query.executeQuery()) {
                    long bytes = 0;
                    while (bytes < properties.maxChunkSize().toBytes() && !reachedEnd) {
                        reachedEnd = !rows.next();
                        if (!reachedEnd) {
                            bytes += Math.min(rows.getLong(3), maxRowBytes);
                            entries.add(entry(rows));
                        }
                    }
                }
            }
            boolean last = reachedEnd && entries.size() < properties.maxChunkRows();
            return new Chunk(point, after, last ? end : key(entries.get(entries.size() - 1)), shape, entries);
        }

        private Chunk.Entry entry(ResultSet row) throws SQLException {
            byte[] key = row.getBytes(1);
            byte[] data = row.getBytes(2);
            long size = row.getLong(3);
            boolean fits = size <= maxRowBytes;
            if (data == null && fits) {
                data = largeRow(key);
            }
            return new Chunk.Entry(key, new Change(Operation.READ, data, 0, 0, point.atMicros(), fits ? 0 : size));
        }

        private byte[] largeRow(byte[] key) throws SQLException {
            try (PreparedStatement query = connection.prepareStatement(sql.row())) {
                bind(query, new RowKey(new String(key, StandardCharsets.UTF_8)), 0);
                try (ResultSet row = query.executeQuery()) {
                    row.next();
                    return row.getBytes(1);
                }
            }
        }

        /** @return how many parameters are bound then */
        private int bind(PreparedStatement query, @Nullable RowKey key, int bound) throws SQLException {
            if (key == null) {
                return bound;
            }
            Row columns = keys.columns(key);
            for (int i = 0; i < shape.key().size(); i++) {
                query.setString(bound + i + 1, columns.value(shape.key().get(i).name()));
            }
            return bound + shape.key().size();
        }

        private static RowKey key(Chunk.Entry entry) {
            return new RowKey(new String(entry.key(), StandardCharsets.UTF_8));
        }
    }
}
