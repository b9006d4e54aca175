package dev.tidemark.producer.capture;

import dev.tidemark.model.Change;
import dev.tidemark.model.Operation;
import dev.tidemark.producer.source.PgSnapshot;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was committed between two snapshots, in the order of ids, page by page and never in memory as a whole. A row's lock is held from before its change draws
 * an id until after its transaction has become visible, so within a tick the ids of a row's changes are in the order of their commits.
 *
 * <p>The first rows are read by a plain statement, which is all that most ticks need. A larger tick is read on through a cursor, since every limited
 * statement would sort the rest of the tick again.
 */
final class Tick implements AutoCloseable {

    /** What one statement or one fetch of the cursor brings at most; with {@link #INLINE_BYTES} it bounds the memory. */
    private static final int FETCH_ROWS = 500;
    /** Before its first row the cursor sorts the rest of the tick, some seconds for each million of rows: longer than any other answer may take. */
    private static final Duration SORT_TIME = Duration.ofHours(6);
    /** Larger rows are read one by one. */
    private static final int INLINE_BYTES = 64 * 1024;

    /** The op of a change that the triggers could not capture. */
    private static final String UNCAPTURED = "x";

    /** The op that tells of other columns. */
    private static final String ALTERED = "s";

    /** Both branches walk the index on xid; an OR of the two conditions would not. */
    private static final String ROWS = """
            SELECT id, slot, table_id, op, key, CASE WHEN pg_column_size(data) <= %1$d THEN data END, pg_column_size(data), xid,
              (date_part('epoch', at) * 1000000)::bigint, place,
              CASE WHEN coalesce(pg_column_size(data), 0) + pg_column_size(before) <= %1$d THEN before END, pg_column_size(before)
            FROM (
              SELECT *, ctid AS place FROM cdc.change_log
              WHERE xid >= ?::xid8 AND xid < ?::xid8 AND pg_visible_in_snapshot(xid, ?::pg_snapshot) AND id > ? AND id <= ?
              UNION ALL
              SELECT *, ctid AS place FROM cdc.change_log
              WHERE xid = ANY (?::xid8[]) AND pg_visible_in_snapshot(xid, ?::pg_snapshot) AND id > ? AND id <= ?) tick
            ORDER BY id
            """.formatted(INLINE_BYTES);

    /** By its place, since by its transaction all rows of that would be looked at for each. */
    private static final String LARGE_ROW = "SELECT %s FROM cdc.change_log WHERE slot = ? AND ctid = ?::tid AND id = ?";

    private final Connection connection;
    private final PgSnapshot previous;
    private final PgSnapshot current;
    private final long endId;
    private final PageLimits limits;
    private long lastId;
    private @Nullable PreparedStatement statement;
    private @Nullable ResultSet rows;
    private int fetched;
    private boolean cursor;
    private boolean exhausted;

    /**
     * @param lastId only rows above this id, to go on inside of a tick
     * @param endId only rows up to this id, to read a page again
     */
    Tick(Connection connection, PgSnapshot previous, PgSnapshot current, long lastId, long endId, PageLimits limits) {
        this.connection = connection;
        this.previous = previous;
        this.current = current;
        this.lastId = lastId;
        this.endId = endId;
        this.limits = limits;
    }

    PgSnapshot current() {
        return current;
    }

    PgSnapshot previous() {
        return previous;
    }

    /** Whether nothing is left to read. Always true after the last page of a tick that needed no cursor. */
    boolean isExhausted() {
        return exhausted;
    }

    /** @return the next page, or null if there is none */
    @Nullable
    Page next() throws SQLException {
        List<LoggedChange> changes = new ArrayList<>();
        long afterId = lastId;
        long bytes = 0;
        while (changes.size() < limits.rows() && bytes < limits.bytes()) {
            LoggedChange change = nextChange();
            if (change == null) {
                break;
            }
            bytes += size(change);
            changes.add(change);
        }
        return changes.isEmpty() ? null : new Page(afterId, changes);
    }

    private static long size(LoggedChange logged) {
        Change change = logged.change();
        return change == null ? 0 : length(change.data()) + length(change.before());
    }

    private static long length(byte @Nullable [] json) {
        return json == null ? 0 : json.length;
    }

    private @Nullable LoggedChange nextChange() throws SQLException {
        while (!exhausted) {
            ResultSet open = rows == null ? open() : rows;
            if (open.next()) {
                fetched++;
                return change(open);
            }
            release();
            exhausted = cursor || fetched < FETCH_ROWS;
            cursor = true;
        }
        return null;
    }

    private ResultSet open() throws SQLException {
        connection.setAutoCommit(!cursor);
        PreparedStatement query = connection.prepareStatement(cursor ? ROWS : ROWS + " LIMIT " + FETCH_ROWS);
        statement = query;
        query.setFetchSize(cursor ? FETCH_ROWS : 0);
        query.setObject(1, previous.xmax(), Types.OTHER);
        query.setObject(2, current.xmax(), Types.OTHER);
        query.setObject(6, previous.inProgress(), Types.OTHER);
        for (int branch = 3; branch <= 7; branch += 4) {
            query.setObject(branch, current.text(), Types.OTHER);
            query.setLong(branch + 1, lastId);
            query.setLong(branch + 2, endId);
        }
        rows = cursor ? sort(query) : query.executeQuery();
        return rows;
    }

    /** That the server is gone is noticed meanwhile by TCP's keep-alive. After a failure the connection is given back, with the usual time. */
    private ResultSet sort(PreparedStatement query) throws SQLException {
        int usual = connection.getNetworkTimeout();
        connection.setNetworkTimeout(Runnable::run, Math.toIntExact(SORT_TIME.toMillis()));
        ResultSet sorted = query.executeQuery();
        connection.setNetworkTimeout(Runnable::run, usual);
        return sorted;
    }

    private LoggedChange change(ResultSet row) throws SQLException {
        lastId = row.getLong(1);
        String op = row.getString(4);
        if (op.equals(UNCAPTURED)) {
            return new LoggedChange(lastId, row.getInt(2), row.getInt(3), null, null, null);
        } else if (op.equals(ALTERED)) {
            byte[] columns = row.getBytes(6) == null ? largeRow(row, "data") : row.getBytes(6);
            return new LoggedChange(lastId, row.getInt(2), row.getInt(3), null, null, SchemaChange.parse(columns));
        }
        byte[] data = row.getBytes(6);
        long size = row.getLong(7);
        long xid = row.getLong(8);
        boolean fits = size <= limits.rowBytes();
        if (data == null && size > 0 && fits) {
            data = largeRow(row, "data");
        }
        Operation operation = Operation.of(op);
        Change change = new Change(operation, data, before(row, size), xid, lastId, row.getLong(9), fits ? 0 : size);
        return new LoggedChange(lastId, row.getInt(2), row.getInt(3), row.getBytes(5), change, null);
    }

    /** The row before goes only with the row itself: one that is too large without it leaves it out first. */
    private byte @Nullable [] before(ResultSet row, long dataSize) throws SQLException {
        byte[] before = row.getBytes(11);
        long size = row.getLong(12);
        if (size + dataSize > limits.rowBytes()) {
            return null;
        }
        return before == null && size > 0 ? largeRow(row, "before") : before;
    }

    private byte[] largeRow(ResultSet row, String column) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(LARGE_ROW.formatted(column))) {
            query.setInt(1, row.getInt(2));
            query.setObject(2, row.getString(10), Types.OTHER);
            query.setLong(3, row.getLong(1));
            try (ResultSet large = query.executeQuery()) {
                large.next();
                return large.getBytes(1);
            }
        }
    }

    /** Lets the cursor and its transaction go; reading goes on where it was. Called when a wait may be long: an open transaction holds back vacuum. */
    void release() throws SQLException {
        if (statement != null) {
            statement.close();
        }
        statement = null;
        rows = null;
        if (!connection.getAutoCommit()) {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    @Override
    public void close() throws SQLException {
        release();
    }
}
