package dev.tidemark.consumer.apply;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * Settings of each session at the destination, whatever the role, the database or the server prefer. The search path is left to them: all names are
 * qualified, but operators of extensions are found by it.
 */
final class SessionSettings implements BeanPostProcessor {

    static final String LOCK_TIMEOUT = "10s";

    /**
     * Text is read the way the source wrote it, and NULL in an array is no text. Row security would hide rows that are to be deleted: better an error. Plans are made for the sizes at hand. A
     * lock, a vanished client or a frozen one does not hold things up for ever. Foreign keys and ordinary triggers do not act, where the role may say so.
     *
     * <p>Commits do not wait for the disk, as in PostgreSQL's own replication: a crash of the destination that undoes the last of them undoes their offsets too, and
     * the events are read from Kafka again.
     */
    static final String SQL = """
            SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres'; SET TimeZone = 'UTC'; SET bytea_output = 'hex'; SET lc_monetary = 'C';
            SET xmloption = 'content'; SET array_nulls = on; SET quote_all_identifiers = off;
            SET row_security = off; SET synchronous_commit = off;
            SET jit = off; SET plan_cache_mode = 'force_custom_plan';
            SET lock_timeout = '%s'; SET idle_in_transaction_session_timeout = '60s';
            DO $$ BEGIN
              SET client_connection_check_interval = '10s';
            EXCEPTION WHEN invalid_parameter_value THEN
              NULL; -- not on this platform
            END $$;
            DO $$ BEGIN
              SET session_replication_role = 'replica';
            EXCEPTION WHEN insufficient_privilege THEN
              NULL;
            END $$
            """.formatted(LOCK_TIMEOUT);

    @Override
    public Object postProcessBeforeInitialization(Object bean, String beanName) {
        if (bean instanceof HikariDataSource pool) {
            pool.setConnectionInitSql(both(pool.getConnectionInitSql()));
            pool.setExceptionOverride(new KeepConnection());
        }
        return bean;
    }

    /** The pool takes "feature not supported" (0A000) for the end of a connection; for PostgreSQL it is an error like any other. */
    static final class KeepConnection implements SQLExceptionOverride {

        @java.lang.Override
        public Override adjudicate(SQLException error) {
            return "0A000".equals(error.getSQLState()) ? Override.DO_NOT_EVICT : Override.CONTINUE_EVICT;
        }
    }

    private static String both(@Nullable String configured) {
        return configured == null ? SQL : SQL + "; " + configured;
    }

    /** Whether foreign keys and ordinary triggers do not act in this session. */
    static boolean isReplica(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT current_setting('session_replication_role') = 'replica'")) {
            return row.next() && row.getBoolean(1);
        }
    }
}
