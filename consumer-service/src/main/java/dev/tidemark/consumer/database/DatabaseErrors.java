package dev.tidemark.consumer.database;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;

/** Finds what the database has said below the exceptions of pools and tools. */
public final class DatabaseErrors {

    private DatabaseErrors() {}

    /** The first error with an SQLSTATE among the causes; null if there is none, as when the pool had no connection to give. */
    public static @Nullable SQLException coded(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                return sql;
            }
        }
        return null;
    }

    /** Whether no connection was to be had. */
    public static boolean isWithoutConnection(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLTransientConnectionException) {
                return true;
            }
        }
        return false;
    }
}
