package dev.tidemark.producer.source;

import dev.tidemark.model.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the change log still holds of what is published.
 *
 * <p>Whoever publishes a part of it again must end in the rows that are there now. So of each change that comes again all later ones of the same row must come too. A
 * row's changes have growing ids, and each is drawn after the transaction of the one before has ended: so it is enough to take all transactions whose last id is not
 * below some id, if nothing above that id was taken out of the log. Those of them that were open when that id was drawn, and no others, are in progress in the snapshot.
 */
public final class RetainedLog {

    private static final String LOCK = "SET LOCAL enable_seqscan = on; LOCK TABLE cdc.change_log IN ACCESS SHARE MODE";

    /** A transaction of which something may have been taken out comes not again. */
    private static final String RETAINED = """
            WITH transaction AS MATERIALIZED (
              SELECT min(id) AS first_id, max(id) AS last_id FROM cdc.change_log WHERE pg_visible_in_snapshot(xid, ?::pg_snapshot) GROUP BY xid),
            taken AS (SELECT max(truncated_to) AS up_to FROM cdc.log_slot),
            below AS (SELECT greatest(up_to, (SELECT max(last_id) FROM transaction WHERE first_id <= up_to)) AS id FROM taken)
            SELECT min(at), min(id) FILTER (WHERE at >= ?)
            FROM cdc.change_log
            WHERE pg_visible_in_snapshot(xid, ?::pg_snapshot) AND id > (SELECT id FROM below)
            """;

    private static final String POINT = """
            WITH transaction AS MATERIALIZED (
              SELECT xid::text::bigint AS xid, max(id) >= ? AS again
              FROM cdc.change_log WHERE pg_visible_in_snapshot(xid, ?::pg_snapshot) GROUP BY 1),
            point AS (SELECT coalesce(max(xid) FILTER (WHERE NOT again) + 1, min(xid)) AS xmax FROM transaction)
            SELECT xmax, ARRAY(SELECT t.xid FROM transaction t WHERE t.again AND t.xid < xmax) FROM point
            """;

    /** Of tables whose rows have values that must differ, old states may be refused at the destination, where newer ones of other rows have the values. */
    private static final String PARTS = """
            SELECT part.*, t.schema_name, t.table_name, t.active,
              part.first_id <= t.unchanged_from OR EXISTS (SELECT FROM cdc.missed_change m WHERE m.table_id = t.id),
              EXISTS (
                SELECT FROM pg_index i
                WHERE i.indrelid = t.relation AND (i.indisunique OR i.indisexclusion) AND i.indexrelid IS DISTINCT FROM to_regclass(cdc.key_index(t.relation)))
            FROM (
              SELECT table_id, slot, count(*), min(id) AS first_id
              FROM cdc.change_log l
              WHERE (pg_visible_in_snapshot(xid, ?::pg_snapshot) OR pg_visible_in_snapshot(xid, ?::pg_snapshot) AND id <= ?)
                AND xid >= pg_snapshot_xmin(?::pg_snapshot) AND NOT pg_visible_in_snapshot(xid, ?::pg_snapshot)
              GROUP BY 1, 2) part
            JOIN cdc.tracked_table t ON t.id = part.table_id
            ORDER BY t.schema_name, t.table_name, slot
            """;

    private RetainedLog() {}

    /**
     * What can be published again.
     *
     * @param since the time of the oldest change, or null if there is none
     * @param firstId the first that is not older than the time that was asked for, or null if there is none
     */
    public record Retained(
            @Nullable Instant since, @Nullable Long firstId) {}

    /**
     * The changes of one table in one time slot that would be published again.
     *
     * @param active whether the table is still captured
     * @param altered whether the table was altered, or its capture interrupted, after the first of them
     * @param unique whether the table has a unique or exclusion constraint beside its key
     */
    public record Part(TableId table, int slot, long rows, boolean active, boolean altered, boolean unique) {}

    /** Nothing is taken out of the log from now on, but by the incarnation that is the present one, until the transaction ends. */
    public static void lock(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(LOCK);
        }
    }

    /** Returns when a former incarnation takes nothing out of the log any more. */
    public static void awaitRetention(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try {
            lock(connection);
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    /** @param from a time, or null for the beginning */
    public static Retained retained(Connection connection, PgSnapshot published, @Nullable Instant from)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(RETAINED)) {
            statement.setObject(1, published.text(), Types.OTHER);
            statement.setObject(2, (from == null ? Instant.EPOCH : from).atOffset(ZoneOffset.UTC));
            statement.setObject(3, published.text(), Types.OTHER);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                OffsetDateTime since = row.getObject(1, OffsetDateTime.class);
                return new Retained(since == null ? null : since.toInstant(), row.getObject(2, Long.class));
            }
        }
    }

    /** @return the snapshot after which the change with this id comes again, with all that follow */
    public static PgSnapshot before(Connection connection, PgSnapshot published, long firstId) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(POINT)) {
            statement.setLong(1, firstId);
            statement.setObject(2, published.text(), Types.OTHER);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                SortedSet<Long> unpublished =
                        new TreeSet<>(List.of((Long[]) row.getArray(2).getArray()));
                unpublished.addAll(published.xip());
                return PgSnapshot.of(row.getLong(1), unpublished);
            }
        }
    }

    /**
     * What was published and would be again.
     *
     * @param published up to which all is
     * @param current up to which some is, namely
     * @param endId up to this id
     * @param from after which it would be
     */
    public static List<Part> between(
            Connection connection, PgSnapshot from, PgSnapshot published, PgSnapshot current, long endId)
            throws SQLException {
        List<Part> parts = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(PARTS)) {
            statement.setObject(1, published.text(), Types.OTHER);
            statement.setObject(2, current.text(), Types.OTHER);
            statement.setLong(3, endId);
            statement.setObject(4, from.text(), Types.OTHER);
            statement.setObject(5, from.text(), Types.OTHER);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    parts.add(new Part(
                            new TableId(row.getString(5), row.getString(6)),
                            row.getInt(2),
                            row.getLong(3),
                            row.getBoolean(7),
                            row.getBoolean(8),
                            row.getBoolean(9)));
                }
            }
        }
        return parts;
    }
}
