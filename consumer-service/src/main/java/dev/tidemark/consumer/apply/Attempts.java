package dev.tidemark.consumer.apply;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import org.jspecify.annotations.Nullable;

/** Tries some writing in a transaction that goes on whatever comes of it. */
final class Attempts {

    private Attempts() {}

    /** Some writing. */
    interface Attempt {
        void run() throws SQLException;
    }

    /** @return why nothing was written, null if it was; a lost connection is thrown */
    static @Nullable Exception attempt(Connection connection, Attempt attempt) throws SQLException {
        Savepoint before = connection.setSavepoint();
        try {
            attempt.run();
            connection.releaseSavepoint(before);
            return null;
        } catch (SQLException | RuntimeException e) {
            if (ErrorKind.isDisconnection(e)) {
                throw e;
            }
            connection.rollback(before);
            return e;
        }
    }
}
