package dev.tidemark.producer.source;

import dev.tidemark.model.RowKey;
import dev.tidemark.model.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** What is captured at the source, and how to change it. Works on connections of the pool; the active producer follows within a second. */
@Component
public class SourceTables {

    /** A table that was never analyzed has no number of rows but what the statistics have counted. */
    private static final String CAPTURED = """
            SELECT t.schema_name, t.table_name, t.tracked_at::text, t.copy_at::text,
              coalesce((
                SELECT CASE
                  WHEN bool_or(p.reltuples >= 0) THEN sum(CASE WHEN p.reltuples >= 0 THEN p.reltuples::bigint ELSE pg_stat_get_live_tuples(p.oid) END)
                  ELSE nullif(sum(pg_stat_get_live_tuples(p.oid)), 0) END
                FROM pg_class p WHERE p.relkind = 'r' AND p.oid = ANY (coalesce(cdc.partitions(t.relation), ARRAY[t.relation]))), -1),
              ARRAY(SELECT cdc.missing_events(t.relation, t.id)), n.nspname, c.relname, cdc.is_altered(t.relation, t.id),
              ARRAY(SELECT text FROM missed m WHERE m.table_id = t.id AND NOT copying), ARRAY(SELECT text FROM missed m WHERE m.table_id = t.id AND copying),
              (cdc.choice(t.relation)).options::text
            FROM cdc.tracked_table t LEFT JOIN pg_class c ON c.oid = t.relation LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE t.active AND t.schema_name <> 'cdc' ORDER BY t.schema_name, t.table_name
            """;

    private static final String MISSED = """
            WITH missed AS (
              SELECT table_id, copying, cause || ', last at ' || to_char(max(at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS text
              FROM cdc.missed_change GROUP BY table_id, copying, cause)
            """;

    /** Not tracked_at, which tells of a gap: nothing was missed, so the changes are still good to publish. */
    private static final String COPY_ANEW =
            "UPDATE cdc.tracked_table SET copy_at = clock_timestamp(), copy_after = ?, copy_up_to = ? WHERE active AND schema_name = ? AND table_name = ?";

    private static final String CANCEL_COPY =
            "UPDATE cdc.tracked_table SET copy_at = NULL WHERE active AND schema_name = ? AND table_name = ?";

    private final DataSource source;

    SourceTables(DataSource source) {
        this.source = source;
    }

    /** All tables with triggers, or that ought to have them, by name; not the pipeline's own. */
    public List<CapturedTable> captured() throws SQLException {
        return Transaction.run(source, connection -> {
            List<CapturedTable> tables = new ArrayList<>();
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(MISSED + CAPTURED)) {
                while (row.next()) {
                    tables.add(new CapturedTable(
                            new TableId(row.getString(1), row.getString(2)),
                            row.getString(3),
                            row.getString(4),
                            row.getLong(5),
                            row.getString(12),
                            protection(row)));
                }
            }
            return tables;
        });
    }

    private static Protection protection(ResultSet row) throws SQLException {
        String name = row.getString(8);
        return new Protection(
                texts(row, 6),
                name == null ? null : new TableId(row.getString(7), name),
                row.getBoolean(9),
                texts(row, 10),
                texts(row, 11));
    }

    private static List<String> texts(ResultSet row, int column) throws SQLException {
        return List.of((String[]) row.getArray(column).getArray());
    }

    /** What was asked last of each table. */
    public Map<TableId, Boolean> requests() throws SQLException {
        return Transaction.run(source, TableRequests::all);
    }

    /** Whether the source has the table, and shows it to the producer's role. */
    public boolean exists(TableId table) throws SQLException {
        return Transaction.run(source, connection -> TrackedTables.exists(connection, table));
    }

    /**
     * Captures the table from now on. Does nothing if it is captured; puts triggers on again that are missing.
     *
     * @param choice what of it, unless it was asked otherwise
     * @param options what is asked of its columns and rows, as cdc.choose has it; null for what was asked before
     * @return whether anything else was asked before, or nothing
     * @throws UntrackableTableException if that is impossible, is {@link UnknownTableException} or {@link LockedTableException}
     */
    public boolean add(TableId table, CaptureChoice choice, @Nullable String options, String by) throws SQLException {
        return Transaction.run(source, connection -> {
            boolean changed = TableRequests.put(connection, table, true, by, options);
            TrackedTables.track(connection, table, choice);
            ControlTable.touch(connection);
            return changed;
        });
    }

    /**
     * Captures the table no more. What is in the log of it is not published.
     *
     * @return whether anything else was asked before, or nothing
     * @throws LockedTableException if somebody holds a lock on it
     */
    public boolean remove(TableId table, String by) throws SQLException {
        return Transaction.run(source, connection -> {
            boolean changed = TableRequests.put(connection, table, false, by, null);
            TrackedTables.untrack(connection, table);
            ControlTable.touch(connection);
            return changed;
        });
    }

    /** Takes the request for a new copy back. If one is under way, and the table was whole before, it is left where it is. */
    public void cancelCopy(TableId table) throws SQLException {
        Transaction.run(source, connection -> {
            try (PreparedStatement update = connection.prepareStatement(CANCEL_COPY)) {
                update.setString(1, table.schema());
                update.setString(2, table.name());
                update.executeUpdate();
            }
            ControlTable.touch(connection);
            return table;
        });
    }

    /** Has the tables copied anew, all of them or none. Their changes go on being published. */
    public void copyAnew(List<TableId> tables) throws SQLException {
        Transaction.run(source, connection -> {
            for (TableId table : tables) {
                copyAnew(connection, table, null, null);
            }
            ControlTable.touch(connection);
            return tables.size();
        });
    }

    /**
     * Has a part of a table copied anew, whose changes go on being published. Each key has its columns with their values as text.
     *
     * @param after the key behind which the part begins; null for the table's begin
     * @param upTo the last key of the part; null for the table's end
     * @throws BadKeyException if one is no key of the table, or the part is empty
     */
    public void copyRangeAnew(TableId table, @Nullable Map<String, String> after, @Nullable Map<String, String> upTo)
            throws SQLException {
        Transaction.run(source, connection -> {
            TrackedTable tracked = TrackedTables.all(connection).stream()
                    .filter(one -> one.active() && one.id().equals(table))
                    .findFirst()
                    .orElseThrow(() -> new UnknownTableException("The table " + table + " is not captured any more"));
            CopyRange range = new KeyBounds(connection, tracked).range(after, upTo);
            copyAnew(connection, table, text(range.after()), text(range.upTo()));
            ControlTable.touch(connection);
            return range;
        });
    }

    private static @Nullable String text(@Nullable RowKey key) {
        return key == null ? null : key.json();
    }

    private static void copyAnew(Connection connection, TableId table, @Nullable String after, @Nullable String upTo)
            throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(COPY_ANEW)) {
            update.setString(1, after);
            update.setString(2, upTo);
            update.setString(3, table.schema());
            update.setString(4, table.name());
            update.executeUpdate();
        }
    }
}
