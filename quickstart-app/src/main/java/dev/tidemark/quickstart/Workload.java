package dev.tidemark.quickstart;

import dev.tidemark.stack.Database;
import dev.tidemark.stack.StackException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A given number of random changes from several connections at once, as fast as the source takes them.
 *
 * <p>What each connection does depends on the seed alone; how they interleave is up to the machine.
 */
final class Workload {

    private static final int CONNECTIONS = 4;
    private static final int SHARED_ROWS = 8;

    private final Database source;
    private final int changes;
    private final long seed;
    private final Ending ending;
    private final List<Keys> keys = new ArrayList<>();
    private final AtomicInteger committed = new AtomicInteger();
    private final AtomicInteger rollbacks = new AtomicInteger();
    private final List<Integer> shared = new ArrayList<>();
    private int given;

    Workload(Database source, int changes, long seed, Ending ending) {
        this.source = source;
        this.changes = changes;
        this.seed = seed;
        this.ending = ending;
    }

    /** Changed rows of committed transactions, so far. */
    int committed() {
        return committed.get();
    }

    /** Transactions that were rolled back, so far. */
    int rollbacks() {
        return rollbacks.get();
    }

    /** All changes but the {@linkplain #last last}. */
    CompletableFuture<Void> start() throws SQLException {
        shareOutKeys();
        CompletableFuture<?>[] connections = new CompletableFuture<?>[CONNECTIONS];
        for (int i = 0; i < CONNECTIONS; i++) {
            int part = i;
            connections[i] = CompletableFuture.runAsync(() -> run(part), task -> new Thread(task, "workload").start());
        }
        return CompletableFuture.allOf(connections);
    }

    private void shareOutKeys() throws SQLException {
        for (int i = 0; i < CONNECTIONS; i++) {
            keys.add(new Keys());
        }
        try (Connection connection = source.connect()) {
            EmployeeTable.forEachKey(connection, this::give);
        }
    }

    private void give(int key) {
        if (shared.size() < SHARED_ROWS) {
            shared.add(key);
        } else {
            keys.get(given++ % CONNECTIONS).use(key);
        }
    }

    private void run(int part) {
        int left = (changes - 1) / CONNECTIONS + (part < (changes - 1) % CONNECTIONS ? 1 : 0);
        int[] met = shared.stream().mapToInt(key -> key).toArray();
        try (Connection connection = source.connect()) {
            RandomChanges random = new RandomChanges(
                    seed * CONNECTIONS + part, Mix.ROUGH, keys.get(part), met, new JdbcEmployeeWriter(connection));
            while (left > 0 && !ending.requested()) {
                int done = random.transaction(left);
                left -= done;
                committed.addAndGet(done);
                rollbacks.addAndGet(done == 0 ? 1 : 0);
            }
        } catch (SQLException e) {
            throw new CompletionException(new StackException("the workload was refused by the source", e));
        }
    }

    /** The last change: a new row, which is committed after all others. @return its key */
    int last() throws SQLException {
        try (Connection connection = source.connect()) {
            EmployeeWriter writer = new JdbcEmployeeWriter(connection);
            int key = writer.insert(List.of(new Employees(new Random(seed), false).next()))[0];
            writer.commit();
            committed.incrementAndGet();
            return key;
        }
    }
}
