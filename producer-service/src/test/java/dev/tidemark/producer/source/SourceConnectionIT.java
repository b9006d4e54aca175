package dev.tidemark.producer.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.stack.EmbeddedDatabase;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

class SourceConnectionIT {

    private static final EmbeddedDatabase SERVER = EmbeddedDatabase.start("source");

    private final PGSimpleDataSource database = new PGSimpleDataSource();

    SourceConnectionIT() {
        database.setUrl(SERVER.jdbcUrl());
        database.setUser(SERVER.user());
    }

    @Test
    void refusesAStandby() {
        SERVER.execute("CREATE DATABASE standby");
        database.setDatabaseName("standby");
        try (Connection owner = database.getConnection();
                Statement statement = owner.createStatement()) {
            // A server in recovery takes a minute to make; what it says of itself is told here by a function of the
            // same name.
            statement.execute("CREATE FUNCTION pg_is_in_recovery() RETURNS boolean LANGUAGE sql RETURN true");
            statement.execute("ALTER DATABASE standby SET search_path = public, pg_catalog");
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        assertThatThrownBy(() -> SourceConnection.open(database))
                .isInstanceOf(UnusableSourceException.class)
                .hasMessageContaining("standby");
    }

    @Test
    void refusesADatabaseOfAnotherEncoding() {
        SERVER.execute("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0");
        database.setDatabaseName("latin");
        assertThatThrownBy(() -> SourceConnection.open(database))
                .isInstanceOf(UnusableSourceException.class)
                .hasMessageContainingAll("LATIN1", "ENCODING 'UTF8'");
    }

    @Test
    void waitsUntilNoCrashCanUndoWhatItHasSeen() throws SQLException {
        SERVER.execute("ALTER SYSTEM SET wal_writer_delay = '10s'");
        SERVER.execute("SELECT pg_reload_conf(); CREATE TABLE written(id int)");
        try (SourceConnection source = SourceConnection.open(database);
                Connection writer = database.getConnection();
                Statement write = writer.createStatement()) {
            write.execute("SET synchronous_commit = off");
            boolean waited = false;
            for (int i = 0; i < 50; i++) {
                write.execute("INSERT INTO written VALUES (1)");
                SourcePoint point = source.point();
                waited |= !source.isFlushed(point);
                source.awaitFlushed(point);
                assertThat(source.isFlushed(point)).isTrue();
            }
            assertThat(waited).as("there was something to wait for").isTrue();
        }
    }

    @Test
    void givesTheLockUpEvenIfTheConnectionCannotBeCleaned() throws SQLException {
        SourceConnection broken;
        try (Connection lent = database.getConnection()) {
            broken = SourceConnection.open(new PGSimpleDataSource() {
                @Override
                public Connection getConnection() {
                    return refusing("DISCARD ALL", lent);
                }
            });
            assertThat(broken.tryLock()).isTrue();
            assertThatThrownBy(broken::close).hasMessageContaining("refused");
            assertThat(lent.isClosed()).isTrue();
        }
        try (SourceConnection next = SourceConnection.open(database)) {
            boolean locked = false;
            for (int i = 0; i < 1000 && !locked; i++) {
                locked = next.tryLock(); // the server notices soon
            }
            assertThat(locked).isTrue();
        }
    }

    @Test
    void hasTheServerNoticeSoonThatTheProducerIsGone() throws SQLException {
        try (SourceConnection source = SourceConnection.open(database);
                Statement statement = source.jdbc().createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT sum(setting::int) FROM pg_settings WHERE name IN ('tcp_keepalives_idle', 'tcp_keepalives_interval')")) {
            row.next();
            assertThat(row.getInt(1)).isEqualTo(15);
        }
    }

    @Test
    void readsAllRowsOfATableOrNone() throws SQLException {
        SERVER.execute(
                "CREATE TABLE secret(id int); ALTER TABLE secret ENABLE ROW LEVEL SECURITY; CREATE ROLE reader LOGIN");
        SERVER.execute("GRANT SELECT ON secret TO reader");
        database.setUser("reader");
        try (SourceConnection source = SourceConnection.open(database);
                Statement statement = source.jdbc().createStatement()) {
            assertThatThrownBy(() -> statement.execute("SELECT FROM public.secret"))
                    .hasMessageContaining("row-level security");
        }
    }

    /** A connection whose statements fail when they are to run this SQL, and whose close gives it back to a pool, that is does nothing. */
    private static Connection refusing(String sql, Connection real) {
        return proxy(Connection.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "close" -> null;
            case "createStatement" -> {
                Statement statement = real.createStatement();
                yield proxy(Statement.class, (ignored, called, values) -> {
                    if (values != null && sql.equals(values[0])) {
                        throw new SQLException("refused", "53200");
                    }
                    return invoke(called, statement, values);
                });
            }
            default -> invoke(method, real, arguments);
        });
    }

    private static Object invoke(Method method, Object target, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
