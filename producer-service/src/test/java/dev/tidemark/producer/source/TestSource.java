package dev.tidemark.producer.source;

import dev.tidemark.stack.EmbeddedDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import org.postgresql.ds.PGSimpleDataSource;

/** A source database of its own, with the schema, for tests without a producer. */
public final class TestSource {

    private static final EmbeddedDatabase SERVER = EmbeddedDatabase.start("source");
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final PGSimpleDataSource database = new PGSimpleDataSource();

    private TestSource(String name) {
        database.setUrl(SERVER.jdbcUrl());
        database.setUser(SERVER.user());
        database.setDatabaseName(name);
    }

    public static TestSource create() {
        String name = "admin" + COUNT.incrementAndGet();
        SERVER.execute("CREATE DATABASE " + name);
        TestSource source = new TestSource(name);
        source.migrate();
        return source;
    }

    private void migrate() {
        try {
            new SourceMigration(database, true, HashKey.NONE).run();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    public SourceTables tables() {
        return new SourceTables(database);
    }

    public SourcePause pause() {
        return new SourcePause(database);
    }

    public BacklogReader backlog() {
        return new BacklogReader(database);
    }

    public OpenTransactions transactions() {
        return new OpenTransactions(database);
    }

    public ActiveProducer active() {
        return new ActiveProducer(database);
    }

    public LogReader log() {
        return new LogReader(database);
    }

    public Connection connection() throws SQLException {
        return database.getConnection();
    }

    public void execute(String statements) {
        try (Connection connection = connection();
                Statement statement = connection.createStatement()) {
            statement.execute(statements);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** The first column of the first row of the last of the statements. */
    public String text(String statements) {
        try (Connection connection = connection();
                Statement statement = connection.createStatement()) {
            statement.execute(statements);
            while (statement.getUpdateCount() >= 0) {
                statement.getMoreResults();
            }
            try (ResultSet row = statement.getResultSet()) {
                row.next();
                return row.getString(1);
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** From now on nobody gets a connection. */
    public void leave() {
        database.setPortNumbers(new int[] {1});
    }
}
