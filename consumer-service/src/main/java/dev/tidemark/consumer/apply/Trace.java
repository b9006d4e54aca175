package dev.tidemark.consumer.apply;

import dev.tidemark.model.RowKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Tells at which row a statement of many rows has failed, which PostgreSQL does not say: the statement notes the number of each row in a sequence before it
 * writes the row, and sequences take no part in rollbacks. The value read back is the session's own, whatever others do.
 */
final class Trace {

    /** Of a statement whose rows have numbers, {@code u.ord}, from 1; its last parameter is what {@link #begin} returns. */
    static final String CONDITION = "setval('cdc.apply_trace', u.ord + CAST(? AS bigint)) > 0";

    private static final String START = "SELECT setval('cdc.apply_trace', ?)";
    private static final String LAST = "SELECT currval('cdc.apply_trace')";

    /** Errors that come while a row is being written, but for some of triggers and deferrable constraints. Others come before the first row or behind the last. */
    private static final Set<String> OF_ROWS = Set.of("23502", "23505", "23514", "23P01");

    /** So many rows hardly cost more than one. */
    static final int FEW = 16;

    /** The numbers of all statements differ, so that what an earlier one has left in the session is not taken for a row of this one. */
    private static final AtomicLong NUMBERS = new AtomicLong(1);

    private final Connection connection;
    private List<RowKey> rows = List.of();
    private long before;
    private boolean begun;

    Trace(Connection connection) {
        this.connection = connection;
    }

    /** @param place how many rows were written with it, from 1 */
    record Failed(RowKey row, int place) {}

    /**
     * A statement begins to write rows.
     *
     * @return what to add to the rows' numbers
     */
    long begin(List<RowKey> written) throws SQLException {
        if (!begun) {
            // Otherwise the session has no value that could be asked for.
            try (PreparedStatement start = connection.prepareStatement(START)) {
                start.setLong(1, NUMBERS.getAndIncrement());
                start.executeQuery();
            }
            begun = true;
        }
        rows = written;
        before = NUMBERS.getAndAdd(written.size() + 1L);
        return before;
    }

    /** The statement has passed. */
    void end() {
        rows = List.of();
    }

    /** @return the row at which the last statement has failed, null if that cannot be told */
    @Nullable
    Failed failed(Exception error) throws SQLException {
        List<RowKey> written = rows;
        rows = List.of();
        if (written.isEmpty() || !(error instanceof SQLException sql) || !isOfRow(sql.getSQLState())) {
            return null;
        }
        try (Statement statement = connection.createStatement();
                ResultSet last = statement.executeQuery(LAST)) {
            last.next();
            long place = last.getLong(1) - before;
            if (place < 1 || place > written.size()) {
                return null;
            }
            // Behind the last row come also the errors of triggers, which may be about any of the rows.
            boolean told = place < written.size() || place <= FEW;
            return told ? new Failed(written.get((int) place - 1), (int) place) : null;
        }
    }

    private static boolean isOfRow(@Nullable String state) {
        return state != null && (state.startsWith("22") || OF_ROWS.contains(state));
    }
}
