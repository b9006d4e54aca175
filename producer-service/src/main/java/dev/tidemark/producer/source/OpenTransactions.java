package dev.tidemark.producer.source;

import dev.tidemark.model.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Finds transactions by the locks that they hold until they end; everybody may see locks. */
@Component
public class OpenTransactions {

    /** A prepared transaction has no process. */
    private static final String HOLDERS = """
            SELECT DISTINCT l.virtualtransaction, l.pid, p.gid, coalesce(a.usename, p.owner), a.application_name, a.state, coalesce(a.xact_start, p.prepared),
              date_part('epoch', clock_timestamp() - coalesce(a.xact_start, p.prepared)), a.query_start
            FROM pg_locks l
            LEFT JOIN pg_stat_activity a ON a.pid = l.pid
            LEFT JOIN pg_prepared_xacts p ON '-1/' || p.transaction = l.virtualtransaction
            WHERE l.locktype = 'relation' AND l.granted AND l.pid IS DISTINCT FROM pg_backend_pid()
              AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
              AND\s""";

    /** Who has written to the change log. */
    private static final String WRITERS =
            HOLDERS + "l.relation = 'cdc.change_log'::regclass AND l.mode = 'RowExclusiveLock'";

    /** Who reads is in the way of DROP TRIGGER, but not of CREATE TRIGGER. */
    private static final String IN_THE_WAY =
            HOLDERS + "l.relation = to_regclass(?) AND (? OR l.mode NOT IN ('AccessShareLock', 'RowShareLock'))";

    private final DataSource source;

    OpenTransactions(DataSource source) {
        this.source = source;
    }

    /** Those with changes that are captured, and will be published when they commit. */
    public List<OpenTransaction> writersOfTheLog() throws SQLException {
        return Transaction.run(source, OpenTransactions::writersOfTheLog);
    }

    static List<OpenTransaction> writersOfTheLog(Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(WRITERS)) {
            return read(query);
        }
    }

    /**
     * Those that keep triggers from being put on a table or taken off.
     *
     * @param readers whether those count that have only read it
     */
    static List<OpenTransaction> inTheWay(Connection connection, TableId table, boolean readers) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(IN_THE_WAY)) {
            query.setString(1, table.sql());
            query.setBoolean(2, readers);
            return read(query);
        }
    }

    private static List<OpenTransaction> read(PreparedStatement query) throws SQLException {
        List<OpenTransaction> found = new ArrayList<>();
        try (ResultSet row = query.executeQuery()) {
            while (row.next()) {
                found.add(new OpenTransaction(
                        row.getString(1),
                        row.getObject(2, Integer.class),
                        row.getString(3),
                        row.getString(4),
                        row.getString(5),
                        row.getString(6),
                        instant(row, 7),
                        row.getObject(8, Double.class),
                        instant(row, 9)));
            }
        }
        return found;
    }

    private static @Nullable Instant instant(ResultSet row, int column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
