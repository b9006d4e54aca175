package dev.tidemark.producer.source;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import javax.sql.DataSource;

/**
 * The one connection on which the change log is read. It also holds the lock that makes this producer the active one, so that a producer that has lost the
 * lock cannot read another page. Not safe for use by several threads.
 */
public final class SourceConnection implements AutoCloseable {

    /** "TIDEMARK" in ASCII: the advisory lock of the database's change log. */
    private static final long LOCK = 0x544944454D41524BL;

    /** How often to look whether the log is flushed before flushing it ourselves; each look takes about 0.1 ms. */
    private static final int FLUSH_CHECKS = 10;

    /**
     * Values are written as the capture triggers write them. An index scan is always right for the change log, whatever its (never gathered) statistics say,
     * so that one generic plan serves all polls; compiling would cost more than the query. Nothing waits for a lock for long, since the changes of all tables
     * would wait too. A table whose policies hide rows is not read at all, since a copy without them would delete them at the destination. If the machine of
     * this process is gone without a word, the server ends the session, and with it the lock, within half a minute rather than the usual two hours.
     */
    private static final String SETTINGS = """
            SET search_path = pg_catalog, pg_temp; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres'; SET TimeZone = 'UTC';
            SET extra_float_digits = 1; SET bytea_output = 'hex'; SET lc_monetary = 'C'; SET client_encoding = 'UTF8'; SET quote_all_identifiers = off; SET standard_conforming_strings = on; SET row_security = off;
            SET jit = off; SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan; SET work_mem = '32MB';
            SET synchronous_commit = on; SET lock_timeout = '2s'; SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0;
            SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3; SET tcp_user_timeout = '25s'
            """;

    private static final String POINT = """
            SELECT pg_current_snapshot()::text, pg_current_wal_insert_lsn()::text, (date_part('epoch', clock_timestamp()) * 1000000)::bigint
            """;
    private static final String FLUSHED = "SELECT pg_current_wal_flush_lsn() >= ?::pg_lsn";
    /** A commit of anything at all flushes the log up to it. */
    private static final String FLUSH = "SELECT pg_logical_emit_message(true, 'tidemark', '')";

    private static final String IDENTITY = """
            SELECT system_identifier, ('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))::bit(32)::int, current_database()
            FROM pg_control_system()
            """;

    private final Connection connection;
    private final String database;
    private final SourceIdentity identity;

    private SourceConnection(Connection connection) throws SQLException {
        this.connection = connection;
        try (Statement statement = connection.createStatement()) {
            refuseStandby(statement);
            refuseOtherEncodings(statement);
            statement.execute(SETTINGS);
            try (ResultSet row = one(statement.executeQuery(IDENTITY))) {
                this.identity = new SourceIdentity(row.getLong(1), row.getLong(2));
                this.database = row.getString(3);
            }
        }
    }

    /**
     * @throws UnusableSourceException if the server is a standby: its snapshots do not show which transactions are in progress, so changes would be lost; or if
     *     its text is not in UTF-8, as it is in Kafka and at the destination: its bytes, by which keys are ordered, would be others there
     */
    public static SourceConnection open(DataSource source) throws SQLException {
        Connection connection = source.getConnection();
        try {
            connection.setAutoCommit(true);
            return new SourceConnection(connection);
        } catch (SQLException | RuntimeException e) {
            try (Connection lent = connection) {
                discard(lent);
            } catch (SQLException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
    }

    public Connection jdbc() {
        return connection;
    }

    public String database() {
        return database;
    }

    public SourceIdentity identity() {
        return identity;
    }

    /** @return whether this connection now holds the lock of the active producer */
    public boolean tryLock() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = one(statement.executeQuery("SELECT pg_try_advisory_lock(" + LOCK + ")"))) {
            return row.getBoolean(1);
        }
    }

    /** What is visible to the current transaction, or at this moment if there is none. */
    public SourcePoint point() throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(POINT);
                ResultSet row = one(statement.executeQuery())) {
            return new SourcePoint(PgSnapshot.parse(row.getString(1)), row.getString(2), row.getLong(3));
        }
    }

    /**
     * Returns when a crash of the source can no longer undo what the point shows. Without this, a change that was committed asynchronously could be published,
     * undone by a crash, and its transaction number given to another change, which would then count as published.
     */
    public void awaitFlushed(SourcePoint point) throws SQLException {
        for (int check = 0; check < FLUSH_CHECKS; check++) {
            if (isFlushed(point)) {
                return;
            }
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute(FLUSH);
        }
    }

    /** Whether a crash of the source can no longer undo what the point shows. */
    public boolean isFlushed(SourcePoint point) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(FLUSHED)) {
            statement.setObject(1, point.insertLsn(), Types.OTHER);
            try (ResultSet row = one(statement.executeQuery())) {
                return row.getBoolean(1);
            }
        }
    }

    private static void refuseStandby(Statement statement) throws SQLException {
        try (ResultSet row = one(statement.executeQuery("SELECT pg_is_in_recovery()"))) {
            if (row.getBoolean(1)) {
                throw new UnusableSourceException(
                        "The source is a standby, from which changes would be lost: let spring.datasource.url lead to the primary");
            }
        }
    }

    private static void refuseOtherEncodings(Statement statement) throws SQLException {
        try (ResultSet row = one(statement.executeQuery("SELECT current_setting('server_encoding')"))) {
            String encoding = row.getString(1);
            if (!encoding.equals("UTF8")) {
                throw new UnusableSourceException("The source is encoded in " + encoding
                        + ", so that text is ordered in another way than at the destination:"
                        + " move it to a database made with ENCODING 'UTF8' TEMPLATE template0, by pg_dump");
            }
        }
    }

    private static ResultSet one(ResultSet rows) throws SQLException {
        rows.next();
        return rows;
    }

    /** Gives the connection back as it was lent: without lock and settings. Where that fails it is cut off, or the lock would live on in the pool. */
    @Override
    public void close() throws SQLException {
        try (Connection lent = connection) {
            discard(lent);
        }
    }

    private static void discard(Connection lent) throws SQLException {
        try (Statement statement = lent.createStatement()) {
            if (!lent.getAutoCommit()) {
                lent.rollback();
                lent.setAutoCommit(true);
            }
            statement.execute("DISCARD ALL");
        } catch (SQLException | RuntimeException e) {
            lent.abort(Runnable::run);
            throw e;
        }
    }
}
