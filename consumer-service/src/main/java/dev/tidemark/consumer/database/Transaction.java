package dev.tidemark.consumer.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** A transaction that is rolled back unless it was committed. */
public final class Transaction implements AutoCloseable {

    private final Connection connection;
    private boolean committed;

    public Transaction(DataSource dataSource) throws SQLException {
        connection = dataSource.getConnection();
        connection.setAutoCommit(false);
    }

    public Connection connection() {
        return connection;
    }

    /** A decision of a person is not lost in a crash, unlike what can be read from Kafka again. */
    public static Transaction durable(DataSource dataSource) throws SQLException {
        Transaction transaction = new Transaction(dataSource);
        try (Statement statement = transaction.connection.createStatement()) {
            statement.execute("SET LOCAL synchronous_commit = on");
            return transaction;
        } catch (SQLException e) {
            transaction.close();
            throw e;
        }
    }

    public void commit() throws SQLException {
        connection.commit();
        committed = true;
    }

    @Override
    public void close() throws SQLException {
        try (connection) {
            if (!committed) {
                connection.rollback();
            }
        }
    }
}
