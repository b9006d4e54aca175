package dev.tidemark.consumer.apply;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.tidemark.consumer.deadletter.DeadLetterProperties;
import dev.tidemark.consumer.rules.Rules;
import dev.tidemark.consumer.rules.RulesProperties;
import dev.tidemark.model.TopicNames;
import dev.tidemark.stack.EmbeddedDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A database with the schema cdc, on a server that all tests share. As a static extension it is one for all tests of a class, and has neither offsets nor letters
 * when one begins.
 */
public final class TestDestination implements AutoCloseable, BeforeEachCallback, AfterAllCallback {

    /** As it is when nothing is configured. */
    public static final DeadLetterProperties DEAD_LETTERS =
            new DeadLetterProperties(0.5, 1000, Duration.ofDays(30), Duration.ofMillis(500));

    /** Those of the pipeline that letters are of. */
    public static final TopicNames TOPICS = new TopicNames("x");

    public static final Rules NO_RULES = Rules.load(new RulesProperties(List.of()));

    private static final AtomicInteger DATABASES = new AtomicInteger();

    private final String url;
    private final HikariDataSource dataSource;

    private static final class Server {
        static final EmbeddedDatabase DATABASE = EmbeddedDatabase.start("destination");
    }

    private TestDestination(String url, String user) {
        this.url = url;
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setUsername(user);
        config.setPassword("secret");
        config.setMaximumPoolSize(4);
        config.setMinimumIdle(0);
        config.setConnectionInitSql(SessionSettings.SQL);
        config.setExceptionOverride(new SessionSettings.KeepConnection());
        dataSource = new HikariDataSource(config);
    }

    public static TestDestination create() {
        return create(Server.DATABASE.user());
    }

    /** @param user who applies; an ordinary role is made if it does not exist */
    public static TestDestination create(String user) {
        String name = "destination_" + DATABASES.incrementAndGet();
        Server.DATABASE.execute("CREATE DATABASE " + name);
        if (!user.equals(Server.DATABASE.user())) {
            Server.DATABASE.execute("DO $$ BEGIN CREATE ROLE " + user
                    + " LOGIN PASSWORD 'secret'; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
            Server.DATABASE.execute("GRANT ALL ON DATABASE " + name + " TO " + user);
        }
        String url = "jdbc:postgresql://%s:%d/%s".formatted(Server.DATABASE.host(), Server.DATABASE.port(), name);
        TestDestination destination = new TestDestination(url, user);
        try {
            new DestinationPreparation(destination.dataSource, true).prepare();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        return destination;
    }

    public HikariDataSource dataSource() {
        return dataSource;
    }

    public String url() {
        return url;
    }

    public Sink sink(boolean createTables) {
        return sink(Targets.asAtTheSource(), createTables);
    }

    /** A sink whose tables are otherwise than at the source. */
    public Sink sink(Targets targets, boolean createTables) {
        return new Sink(dataSource, targets, createTables, DEAD_LETTERS, NO_RULES);
    }

    /** A sink that refuses by rules. */
    public Sink sink(Rules rules) {
        return new Sink(dataSource, Targets.asAtTheSource(), false, DEAD_LETTERS, rules);
    }

    /** Those of one partition, with a sink of their own. */
    Batches batches(String topic) {
        return new Batches(this, sink(false), topic);
    }

    public OffsetStore offsets() {
        return new OffsetStore(dataSource);
    }

    public void execute(String... statements) {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** The rows of a query, columns separated by |. */
    public List<String> rows(String query) {
        List<String> rows = new ArrayList<>();
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            ResultSetMetaData columns = row.getMetaData();
            while (row.next()) {
                rows.add(IntStream.rangeClosed(1, columns.getColumnCount())
                        .mapToObj(i -> text(row, i))
                        .collect(Collectors.joining("|")));
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        return rows;
    }

    public String value(String query) {
        return rows(query).get(0);
    }

    private static String text(ResultSet row, int column) {
        try {
            return String.valueOf(row.getString(column));
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        execute("TRUNCATE cdc.applied_offset, cdc.dead_letter, cdc.consumer_control, cdc.heartbeat RESTART IDENTITY");
    }

    /** Also called after each nested class, which is not yet the end. */
    @Override
    public void afterAll(ExtensionContext context) {
        if (!context.getRequiredTestClass().isAnnotationPresent(Nested.class)) {
            close();
        }
    }

    @Override
    public void close() {
        dataSource.close();
    }
}
