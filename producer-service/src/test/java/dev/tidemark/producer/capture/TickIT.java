package dev.tidemark.producer.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.producer.source.HashKey;
import dev.tidemark.producer.source.PgSnapshot;
import dev.tidemark.producer.source.SourceMigration;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TickIT {

    private static final int USUAL = 300_000;

    private final List<Integer> timeouts = new ArrayList<>();

    @Test
    void leavesTheServerTimeToSortALargeTick() throws SQLException {
        try (Workbench bench = new Workbench();
                Connection connection = bench.source.getConnection()) {
            new SourceMigration(bench.source, true, HashKey.NONE).run();
            bench.execute("CREATE TABLE items(id int PRIMARY KEY, v text)");
            bench.track("items");
            PgSnapshot before = now(bench);
            bench.execute("INSERT INTO items SELECT generate_series(1, 1100)");
            connection.setNetworkTimeout(Runnable::run, USUAL);
            PageLimits page = new PageLimits(600, Long.MAX_VALUE, Long.MAX_VALUE);
            try (Tick tick = new Tick(observed(connection), before, now(bench), 0, Long.MAX_VALUE, page)) {
                assertThat(tick.next()).isNotNull();
                assertThat(connection.getNetworkTimeout()).isEqualTo(USUAL);
                assertThat(tick.next()).isNotNull();
            }
        }
        assertThat(timeouts).hasSize(2).startsWith(USUAL);
        assertThat(timeouts.get(1)).isGreaterThan(10 * USUAL);
    }

    private static PgSnapshot now(Workbench bench) {
        return PgSnapshot.parse(bench.sql
                .sql("SELECT pg_current_snapshot()::text")
                .query(String.class)
                .single());
    }

    /** Notes how long the server may take for each query. */
    private Connection observed(Connection real) {
        return proxy(Connection.class, (proxy, method, arguments) -> {
            Object result = method.invoke(real, arguments);
            return result instanceof PreparedStatement statement ? observed(statement, real) : result;
        });
    }

    private PreparedStatement observed(PreparedStatement real, Connection connection) {
        return proxy(PreparedStatement.class, (proxy, method, arguments) -> {
            if (method.getName().equals("executeQuery")) {
                timeouts.add(connection.getNetworkTimeout());
            }
            return method.invoke(real, arguments);
        });
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
