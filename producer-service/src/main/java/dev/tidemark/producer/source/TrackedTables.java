package dev.tidemark.producer.source;

import dev.tidemark.model.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** The list of tracked tables in the source database. */
public final class TrackedTables {

    /** What it asks can wait, but the changes of all tables wait with it. */
    private static final String LIMIT_LOOK = "SET LOCAL lock_timeout = '100ms'";

    private static final String LOCKED = "55P03";

    /** The lock under which the functions of the schema track a table. */
    private static final String LOCK = "SELECT pg_advisory_xact_lock(hashtext('cdc.track'), to_regclass(?)::oid::int)";

    private static final String TRACK = "SELECT cdc.track(to_regclass(?))";
    private static final String TRACK_BY = "SELECT cdc.track(to_regclass(?), CAST(?::text AS regclass))";
    private static final String CHOOSE = "SELECT cdc.choose(to_regclass(?), ?::jsonb, CAST(?::text AS regclass))";
    private static final String EXISTS = "SELECT to_regclass(?) IS NOT NULL";
    private static final String OUTDATED = "SELECT schema_name, table_name, locked FROM cdc.outdated()";
    private static final String UNTRACK =
            "SELECT cdc.untrack(relation) FROM cdc.tracked_table WHERE active AND schema_name = ? AND table_name = ?";
    /** Of a domain it is the type below, of an enum or padded text its text. A table that is gone, or has lost a column of its key, has types that nobody asks for. */
    private static final String ALL = """
            SELECT t.id, t.schema_name, t.table_name, t.key_columns, t.key_expression, t.tracked_at::text, t.copy_at::text,
              EXISTS (SELECT FROM pg_index i WHERE i.indrelid = t.relation AND i.indisunique AND i.indexrelid IS DISTINCT FROM to_regclass(cdc.key_index(t.relation))), t.active,
              ARRAY(
                SELECT CASE WHEN b.oid IS NULL OR b.typtype = 'e' OR b.oid = 'bpchar'::regtype THEN 'text' ELSE format_type(b.oid, NULL) END
                FROM unnest(t.key_columns) WITH ORDINALITY k(name, place)
                LEFT JOIN pg_attribute a ON a.attrelid = t.relation AND a.attname = k.name,
                LATERAL cdc.base_type(a.atttypid) b
                ORDER BY k.place), t.copy_after, t.copy_up_to
            FROM cdc.tracked_table t ORDER BY t.id
            """;

    private TrackedTables() {}

    /**
     * Captures the table's changes from now on; does nothing if they are already captured.
     *
     * @param choice what of it is to be captured, unless it was asked otherwise
     * @param lockWait for how long to wait for the transactions that write to the table; all later writers wait behind it
     * @throws UntrackableTableException if that is impossible; the message says why and what to do
     */
    public static void track(Connection connection, TableId table, CaptureChoice choice, Duration lockWait)
            throws SQLException {
        connection.setAutoCommit(false);
        try (Statement settings = connection.createStatement()) {
            settings.execute("SET LOCAL lock_timeout = " + lockWait.toMillis());
            track(connection, table, choice);
            connection.commit();
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    /** The same in the transaction at hand, which is of no more use when it fails. What was asked is looked up only when no other choice can be under way. */
    static void track(Connection connection, TableId table, CaptureChoice choice) throws SQLException {
        CaptureChoice wanted = choice;
        try (PreparedStatement lock = connection.prepareStatement(LOCK)) {
            lock.setString(1, table.sql());
            lock.execute();
            if (!exists(connection, table)) {
                throw new UnknownTableException(
                        "The table " + table
                                + " does not exist at the source, or the producer's role may not use its schema: create it, or take it out of cdc.tables and untrack it");
            }
            wanted = choice.withOptions(TableRequests.options(connection, table));
            try (PreparedStatement track = tracking(connection, table, wanted)) {
                track.execute();
            }
        } catch (PSQLException e) {
            if (LOCKED.equals(e.getSQLState())) {
                connection.rollback();
                boolean readers = wanted.options() != null; // another choice takes the former triggers off
                throw locked(table, "put on", OpenTransactions.inTheWay(connection, table, readers));
            }
            throw refused(table, e);
        }
    }

    private static PreparedStatement tracking(Connection connection, TableId table, CaptureChoice choice)
            throws SQLException {
        String index = choice.keyIndex() == null ? null : new TableId(table.schema(), choice.keyIndex()).sql();
        PreparedStatement statement =
                connection.prepareStatement(choice.options() != null ? CHOOSE : index == null ? TRACK : TRACK_BY);
        statement.setString(1, table.sql());
        if (choice.options() != null) {
            statement.setString(2, choice.options());
            statement.setString(3, index);
        } else if (index != null) {
            statement.setString(2, index);
        }
        return statement;
    }

    /**
     * Captures the table's changes no more; does nothing if they are not captured.
     *
     * @return false if the table is locked, so that it has to be tried again
     */
    public static boolean tryUntrack(Connection connection, TableId table) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement settings = connection.createStatement()) {
            settings.execute(LIMIT_LOOK);
            untrack(connection, table);
            connection.commit();
            return true;
        } catch (LockedTableException e) {
            return false;
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    /** @throws LockedTableException if somebody holds a lock on it; the transaction is of no more use */
    static void untrack(Connection connection, TableId table) throws SQLException {
        try (PreparedStatement untrack = connection.prepareStatement(UNTRACK)) {
            untrack.setString(1, table.schema());
            untrack.setString(2, table.name());
            untrack.execute();
        } catch (SQLException e) {
            if (LOCKED.equals(e.getSQLState())) {
                connection.rollback();
                throw locked(table, "taken off", OpenTransactions.inTheWay(connection, table, true));
            }
            throw e;
        }
    }

    /**
     * What has to be tracked anew.
     *
     * @param tables those that have been altered, or have lost a trigger, since they were tracked
     * @param locked those of which that cannot be told now (by an ALTER TABLE, VACUUM FULL ...)
     */
    public record Outdated(Set<TableId> tables, Set<TableId> locked) {}

    /** The tables that have been altered, or have lost a trigger, since they were tracked. */
    public static Outdated outdated(Connection connection) throws SQLException {
        Outdated outdated = new Outdated(new LinkedHashSet<>(), new LinkedHashSet<>());
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(OUTDATED)) {
            while (row.next()) {
                Set<TableId> tables = row.getBoolean(3) ? outdated.locked() : outdated.tables();
                tables.add(new TableId(row.getString(1), row.getString(2)));
            }
        }
        return outdated;
    }

    /** All tables that are or were tracked. */
    public static List<TrackedTable> all(Connection connection) throws SQLException {
        List<TrackedTable> tables = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(ALL)) {
            while (rows.next()) {
                tables.add(table(rows));
            }
        }
        return tables;
    }

    private static TrackedTable table(ResultSet row) throws SQLException {
        return new TrackedTable(
                row.getInt(1),
                new TableId(row.getString(2), row.getString(3)),
                List.of((String[]) row.getArray(4).getArray()),
                List.of((String[]) row.getArray(10).getArray()),
                row.getString(5),
                row.getString(6),
                row.getString(7),
                CopyRange.of(row.getString(11), row.getString(12)),
                row.getBoolean(8),
                row.getBoolean(9));
    }

    static boolean exists(Connection connection, TableId table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(EXISTS)) {
            statement.setString(1, table.sql());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    /** @param holders who is in the way; may have gone meanwhile */
    private static LockedTableException locked(TableId table, String what, List<OpenTransaction> holders) {
        return new LockedTableException("The table " + table + " is locked, so its triggers cannot be " + what
                + (holders.isEmpty() ? " now" : " before these end: " + holders));
    }

    /** A lost connection is not the table's fault; all else is told of the table alone. */
    private static SQLException refused(TableId table, PSQLException e) {
        String state = e.getSQLState() == null ? "08000" : e.getSQLState();
        ServerErrorMessage server = e.getServerErrorMessage();
        if (server == null || state.startsWith("08") || state.startsWith("57")) {
            return e;
        }
        String reason = state.startsWith("TM")
                ? server.getMessage()
                : "The table " + table + " cannot be tracked: " + server.getMessage();
        throw new UntrackableTableException(server.getHint() == null ? reason : reason + ". " + server.getHint());
    }
}
