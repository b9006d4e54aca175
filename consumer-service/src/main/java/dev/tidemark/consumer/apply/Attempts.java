package dev.tidemark.consumer.apply;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** Tries some writing in a transaction that goes on whatever comes of it. Many attempts in a row share their round trips. */
final class Attempts {

    private static final String BEGIN = "SAVEPOINT attempt";
    private static final String NEXT = "RELEASE SAVEPOINT attempt; SAVEPOINT attempt";
    private static final String BACK = "ROLLBACK TO SAVEPOINT attempt";

    private final Connection connection;
    /** Whether the savepoint is there, and whether anything was written since. */
    private boolean begun;

    private boolean written;

    Attempts(Connection connection) {
        this.connection = connection;
    }

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

    /** As {@link #attempt}, but nothing else may use savepoints meanwhile. */
    @Nullable
    Exception next(Attempt attempt) throws SQLException {
        if (!begun) {
            execute(BEGIN);
        } else if (written) {
            execute(NEXT);
        }
        begun = true;
        try {
            attempt.run();
            written = true;
            return null;
        } catch (SQLException | RuntimeException e) {
            if (ErrorKind.isDisconnection(e)) {
                throw e;
            }
            execute(BACK);
            written = false;
            return e;
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
