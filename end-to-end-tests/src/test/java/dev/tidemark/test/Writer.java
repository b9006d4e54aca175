package dev.tidemark.test;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** One session of a {@link Workload}. It locks the keys that it writes, in ascending order, so that sessions wait for each other but never in a circle. */
final class Writer implements Runnable {

    private static final String LOCK =
            "SELECT pg_advisory_xact_lock('%1$s'::regclass::oid::int, k) FROM generate_series(%2$d, %3$d) k; ";
    private static final String UPDATE =
            "UPDATE %1$s SET version = nextval('%1$s_version'), %4$s WHERE id BETWEEN %2$d AND %3$d";
    private static final String DELETE = "DELETE FROM %1$s WHERE id BETWEEN %2$d AND %3$d";
    private static final String INSERT = """
            INSERT INTO %1$s (id, version, name) SELECT k, nextval('%1$s_version'), 'new ' || k FROM generate_series(%2$d, %3$d) k
            ON CONFLICT (id) DO UPDATE SET version = excluded.version, %4$s""";
    private static final String CHANGE_KEY = """
            UPDATE %1$s SET id = %3$d, version = nextval('%1$s_version'), %4$s
            WHERE id = %2$d AND NOT EXISTS (SELECT FROM %1$s WHERE id = %3$d)""";

    private static final String[] NAMES = {"plain", "it''s", "Zoë ☕ \uD83D\uDE00", "", "tab\\t \"q\" {}", "line\nline"};

    private final TestDatabase database;
    private final String table;
    private final Random random;
    private final Habits habits;
    private final AtomicLong committed;
    private final AtomicLong slowestNanos = new AtomicLong();
    private volatile boolean stopped;
    private volatile SQLException failure;

    Writer(TestDatabase database, String table, Random random, Habits habits, AtomicLong committed) {
        this.database = database;
        this.table = table;
        this.random = random;
        this.habits = habits;
        this.committed = committed;
    }

    @Override
    public void run() {
        while (!stopped) {
            try (Connection connection = database.connect()) {
                connection.setAutoCommit(false);
                while (!stopped) {
                    transaction(connection);
                    pause();
                }
            } catch (SQLException e) {
                if (!habits.forgiving() || !isDisconnection(e)) {
                    failure = e;
                    return;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
        }
    }

    private void transaction(Connection connection) throws SQLException {
        int steps = 1 + random.nextInt(4);
        int key = 1 + random.nextInt(habits.keys());
        try (Statement statement = connection.createStatement()) {
            for (int step = 0; step < steps && key <= habits.keys(); step++) {
                int last = Math.min(habits.keys(), key + (random.nextInt(4) == 0 ? random.nextInt(8) : 0));
                step(statement, key, last);
                key = last + 1 + random.nextInt(Math.max(2, habits.keys() / 4));
                pause();
            }
            if (random.nextInt(10) == 0) {
                connection.rollback();
            } else {
                timed(connection::commit);
                committed.addAndGet(steps);
            }
        }
    }

    /** Writes the keys from first to last, at times under a savepoint that may be rolled back. */
    private void step(Statement statement, int first, int last) throws SQLException {
        String write = LOCK.formatted(table, first, last) + anyOf(first, last);
        if (random.nextInt(10) >= 3) {
            timed(() -> statement.execute(write));
            return;
        }
        statement.execute("SAVEPOINT here");
        timed(() -> statement.execute(write));
        statement.execute(random.nextBoolean() ? "ROLLBACK TO SAVEPOINT here" : "RELEASE SAVEPOINT here");
    }

    private String anyOf(int first, int last) {
        int choice = random.nextInt(10);
        String form = choice < 5 ? UPDATE : choice < 7 ? INSERT : choice < 9 || first == last ? DELETE : CHANGE_KEY;
        return form.formatted(table, first, last, values());
    }

    private String values() {
        String name = random.nextInt(8) == 0 ? "NULL" : "'" + NAMES[random.nextInt(NAMES.length)] + "'";
        return "name = %s, amount = %d.%04d, flag = %b, changed_at = clock_timestamp()"
                .formatted(name, random.nextInt(1_000_000), random.nextInt(10_000), random.nextBoolean());
    }

    private void timed(Action action) throws SQLException {
        long begin = System.nanoTime();
        action.run();
        slowestNanos.accumulateAndGet(System.nanoTime() - begin, Math::max);
    }

    private void pause() {
        if (habits.pauseMillis() > 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(habits.pauseMillis() + 1)));
        }
    }

    private static boolean isDisconnection(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        return state.startsWith("08") || state.startsWith("57P") || state.startsWith("53");
    }

    long takeSlowestNanos() {
        return slowestNanos.getAndSet(0);
    }

    void stop() {
        stopped = true;
    }

    boolean hasFailed() {
        return failure != null;
    }

    void throwFailure() {
        if (failure != null) {
            throw new IllegalStateException("a writer failed: " + failure.getMessage(), failure);
        }
    }

    /**
     * @param keys the keys 1 to this are written
     * @param pauseMillis the longest pause
     * @param forgiving whether a lost connection is no failure
     */
    record Habits(int keys, int pauseMillis, boolean forgiving) {}

    /** Something that the database does. */
    private interface Action {
        void run() throws SQLException;
    }
}
