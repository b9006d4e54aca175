package dev.tidemark.producer.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.model.TableId;
import dev.tidemark.producer.source.LockedTableException;
import dev.tidemark.producer.source.TestControl;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Sessions write at random, in transactions that overlap; tables are captured no more and again, triggers are switched off, the log is shortened, the producer is started
 * again, and its offset is moved, at random too. In the end the tables are equal and the books are right.
 */
@Tag("long")
class RandomMovesIT {

    private static final List<String> TABLES = List.of("items", "things");
    private static final int STEPS = 200;
    private static final int KEYS = 12;

    /** Time slots last until the test says otherwise. */
    private static final String SLOTS = """
            CREATE SEQUENCE slots;
            CREATE OR REPLACE FUNCTION cdc.current_slot() RETURNS smallint LANGUAGE sql VOLATILE AS 'SELECT (last_value % 4)::smallint FROM public.slots'
            """;

    private final Workbench bench = new Workbench();
    private final TestControl control = new TestControl(bench.source);
    private final List<Connection> sessions = new ArrayList<>();
    private final List<String> story = new ArrayList<>();
    private Random random = new Random();
    private Poller poller = bench.poller("");

    @AfterEach
    void close() throws SQLException {
        for (Connection session : sessions) {
            session.close();
        }
        bench.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 0})
    void endsInEqualTables(long seed) throws SQLException {
        long chosen = seed == 0 ? System.nanoTime() : seed;
        random = new Random(chosen);
        prepare();
        for (int step = 0; step < STEPS; step++) {
            step();
        }
        commitAll();
        for (String table : TABLES) {
            track(table);
        }
        control.pause().resume();
        Workbench.drain(poller);
        for (String table : TABLES) {
            assertThat(bench.replica(table))
                    .as("%s with seed %d after %s", table, chosen, story)
                    .isEqualTo(bench.rows(table));
        }
        assertThat(bench.failedAudits).as("seed %d: %s", chosen, story).isEmpty();
        poller.stop();
    }

    private void prepare() throws SQLException {
        bench.pageRows = 7;
        bench.chunkRows = 5;
        bench.retentionInterval = Duration.ofNanos(1);
        poller = bench.poller("");
        Workbench.drain(poller);
        bench.execute(SLOTS);
        for (String table : TABLES) {
            bench.execute("CREATE TABLE " + table + "(id int PRIMARY KEY, v text)");
            bench.execute("INSERT INTO " + table + " SELECT g, 'before' FROM generate_series(1, 8) g");
            track(table);
        }
        for (int i = 0; i < 4; i++) {
            Connection session = bench.source.getConnection();
            session.setAutoCommit(false);
            sessions.add(session);
        }
    }

    private void step() throws SQLException {
        int dice = random.nextInt(100);
        if (dice < 55) {
            write(sessions.get(random.nextInt(sessions.size())));
        } else if (dice < 75) {
            for (int i = random.nextInt(4); i >= 0; i--) {
                poller.pollOnce();
            }
        } else if (dice < 80) {
            bench.execute("DO 'BEGIN PERFORM nextval(''slots''); END'");
        } else if (dice < 83) {
            copy(any(TABLES));
        } else if (dice < 88) {
            gap(any(TABLES));
        } else if (dice < 91) {
            restart();
        } else {
            move();
        }
    }

    /** What would have to wait for another session is left. */
    private void write(Connection session) throws SQLException {
        try (Statement statement = session.createStatement()) {
            statement.execute("SET LOCAL lock_timeout = '1ms'");
            statement.execute(anyStatement(any(TABLES)));
            if (random.nextInt(3) == 0) {
                session.commit();
            } else if (random.nextInt(12) == 0) {
                session.rollback();
            }
        } catch (SQLException e) {
            session.rollback();
        }
    }

    private String anyStatement(String table) {
        int id = random.nextInt(KEYS);
        String value = "'" + random.nextInt(1_000_000) + "'";
        return switch (random.nextInt(12)) {
            case 0, 1, 2, 3 ->
                "INSERT INTO %1$s VALUES (%2$d, %3$s) ON CONFLICT (id) DO UPDATE SET v = excluded.v"
                        .formatted(table, id, value);
            case 4, 5, 6 -> "UPDATE %s SET v = %s WHERE id = %d".formatted(table, value, id);
            case 7 -> "UPDATE %s SET id = %d WHERE id = %d".formatted(table, random.nextInt(KEYS), id);
            case 8 -> "UPDATE %s SET v = %s".formatted(table, value);
            case 9 ->
                random.nextInt(4) == 0 ? "TRUNCATE " + table : "DELETE FROM %s WHERE id > %d".formatted(table, id);
            default -> "DELETE FROM %s WHERE id = %d".formatted(table, id);
        };
    }

    private void copy(String table) throws SQLException {
        control.tables().copyAnew(List.of(TableId.parse(table)));
        story.add("copy " + table);
    }

    /** Changes that nobody captures. */
    private void gap(String table) throws SQLException {
        commitAll();
        boolean untracked = random.nextBoolean();
        bench.execute(
                untracked
                        ? "DO 'BEGIN PERFORM cdc.untrack(''" + table + "''); END'"
                        : "ALTER TABLE " + table + " DISABLE TRIGGER ALL");
        if (random.nextBoolean()) {
            poller.pollOnce();
        }
        for (int i = 0; i < 3; i++) {
            write(sessions.get(0));
        }
        commitAll();
        if (!untracked || random.nextBoolean()) {
            track(table);
        }
        story.add((untracked ? "untracked " : "disabled ") + table);
    }

    private void track(String table) {
        bench.track(table);
    }

    private void restart() {
        poller.stop();
        poller = bench.poller("");
        story.add("restart");
    }

    private void move() throws SQLException {
        control.pause().pause("somebody");
        if (random.nextBoolean()) {
            restart();
        }
        if (poller.pollOnce() == PollOutcome.PAUSED) {
            story.add(move(target()));
        }
        if (random.nextInt(4) > 0) {
            control.pause().resume();
        }
    }

    private String move(OffsetTarget target) throws SQLException {
        try {
            return poller.move(target).toString();
        } catch (LockedTableException e) {
            return "refused, since a session has truncated";
        }
    }

    private OffsetTarget target() {
        if (random.nextInt(10) == 0) {
            return OffsetTarget.fresh();
        }
        List<OffsetDateTime> times = bench.sql
                .sql("SELECT at FROM cdc.change_log ORDER BY id")
                .query(OffsetDateTime.class)
                .list();
        return random.nextInt(3) == 0 || times.isEmpty()
                ? OffsetTarget.earliest()
                : OffsetTarget.from(any(times).toInstant());
    }

    private void commitAll() throws SQLException {
        for (Connection session : sessions) {
            session.commit();
        }
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
