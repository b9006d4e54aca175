package dev.tidemark.producer.source;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The key of hashed columns, which is told to the source and to nobody else. */
public final class HashKey {

    /** None: the source keeps the one that it has. */
    public static final HashKey NONE = new HashKey(null);

    private static final String SET = "SELECT cdc.set_hash_key(?)";
    private static final String LOCKED = "55P03";

    private final @Nullable String key;

    public HashKey(@Nullable String key) {
        this.key = key;
    }

    /**
     * Has it used from now on; does nothing if it is.
     *
     * @throws UnusableSourceException if somebody writes a table with hashed columns: their changes could come under the former key later
     */
    void set(DataSource source) throws SQLException {
        if (key == null) {
            return;
        }
        try {
            Transaction.run(source, this::set);
        } catch (SQLException e) {
            if (LOCKED.equals(e.getSQLState())) {
                throw new UnusableSourceException(
                        "A table with hashed columns is locked, so that the new cdc.capture.hash-key cannot be set: it is tried again until the transactions that write it have ended");
            }
            throw e;
        }
    }

    private boolean set(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SET)) {
            statement.setString(1, key);
            return statement.execute();
        }
    }
}
