package dev.tidemark.consumer.apply;

import dev.tidemark.model.ErrorText;
import dev.tidemark.model.RowKey;
import dev.tidemark.model.TableId;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Why a partition does not go on.
 *
 * @param offset the offset of the record at which it stands, or -1 if it is not about a record
 * @param sqlState PostgreSQL's code of the error, if it is one of the database
 * @param message what happened and, where it can be known, what to do
 */
public record Problem(
        ErrorKind kind,
        long offset,
        @Nullable TableId table,
        @Nullable RowKey key,
        @Nullable String sqlState,
        String message) {

    /** A problem that no single record has caused. */
    public static Problem of(Throwable error) {
        return of(error, -1, null, null);
    }

    /** A problem with the record at an offset. */
    public static Problem of(Throwable error, long offset, @Nullable TableId table, @Nullable RowKey key) {
        return new Problem(ErrorKind.of(error), offset, table, key, sqlState(error), message(error));
    }

    private static @Nullable String sqlState(Throwable error) {
        SQLException database = databaseError(error);
        return database == null ? null : database.getSQLState();
    }

    private static String message(Throwable error) {
        SQLException database = databaseError(error);
        return ErrorText.of(database == null ? error : database);
    }

    /** The database's own words, below those of pools and tools. */
    private static @Nullable SQLException databaseError(Throwable error) {
        SQLException found = null;
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                found = sql;
            }
        }
        return found;
    }
}
