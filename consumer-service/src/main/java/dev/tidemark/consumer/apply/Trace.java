package dev.tidemark.consumer.apply;

import dev.tidemark.model.RowKey;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells at which row a statement of many rows has failed, which PostgreSQL does not say: the statement notes the number of each row in a sequence before it
 * writes the row, and sequences take no part in rollbacks. The value read back is the session's own, whatever others do.
 */
final class Trace {

    /** Of a statement whose rows have numbers, {@code u.ord}, from 1. */
    static final String CONDITION = "setval('cdc.apply_trace', u.ord) > 0";

    private static final String LAST = "SELECT currval('cdc.apply_trace')";

    /** Errors that come while a row is being written. Others, as of foreign keys, come behind the last row. */
    private static final Set<String> OF_ROWS = Set.of("23502", "23505", "23514", "23P01");

    private List<RowKey> rows = List.of();

    /** A statement begins to write these. */
    void begin(List<RowKey> written) {
        rows = written;
    }

    /** The statement has passed. */
    void end() {
        rows = List.of();
    }

    /** @param place how many rows were written with it, from 1 */
    record Failed(RowKey row, int place) {}

    /** @return the row at which the last statement has failed, null if that cannot be told */
    @Nullable
    Failed failed(Connection connection, Exception error) throws SQLException {
        List<RowKey> written = rows;
        rows = List.of();
        if (written.isEmpty() || !(error instanceof SQLException sql) || !isOfRow(sql.getSQLState())) {
            return null;
        }
        try (Statement statement = connection.createStatement();
                ResultSet last = statement.executeQuery(LAST)) {
            last.next();
            int place = last.getInt(1);
            return new Failed(written.get(place - 1), place);
        }
    }

    private static boolean isOfRow(@Nullable String state) {
        return state != null && (state.startsWith("22") || OF_ROWS.contains(state));
    }
}
