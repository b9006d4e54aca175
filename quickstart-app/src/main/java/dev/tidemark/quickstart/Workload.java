package dev.tidemark.quickstart;

import dev.tidemark.stack.Database;
import dev.tidemark.stack.StackException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A given number of random changes from several connections at once, as fast as the source takes them.
 *
 * <p>What each connection does depends on the seed alone; how they interleave is up to the machine.
 */
final class Workload implements AutoCloseable {

    private static final int CONNECTIONS = 4;

    private final Sample sample;
    private final Database source;
    private final int changes;
    private final long seed;
    private final Ending ending;
    private final List<Connection> connections = new ArrayList<>();
    private final AtomicInteger committed = new AtomicInteger();
    private final AtomicInteger rollbacks = new AtomicInteger();

    /** @param changes how many rows to change, at least one of each table */
    Workload(Sample sample, Database source, int changes, long seed, Ending ending) {
        this.sample = sample;
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
        for (int i = 0; i < CONNECTIONS; i++) {
            connections.add(source.connect());
        }
        List<Changes> makers = sample.workload(connections, seed);
        int all = changes - sample.tables().size();
        CompletableFuture<?>[] parts = new CompletableFuture<?>[CONNECTIONS];
        for (int i = 0; i < CONNECTIONS; i++) {
            Changes maker = makers.get(i);
            int share = all / CONNECTIONS + (i < all % CONNECTIONS ? 1 : 0);
            parts[i] =
                    CompletableFuture.runAsync(() -> run(maker, share), task -> new Thread(task, "workload").start());
        }
        return CompletableFuture.allOf(parts);
    }

    private void run(Changes maker, int share) {
        int left = share;
        try {
            while (left > 0 && !ending.requested()) {
                int done = maker.transaction(left);
                left -= done;
                committed.addAndGet(done);
                rollbacks.addAndGet(done == 0 ? 1 : 0);
            }
        } catch (SQLException e) {
            throw new CompletionException(new StackException("the workload was refused by the source", e));
        }
    }

    /** The last changes: a new row in each table, which is committed after all others. @return their keys, in the order of the tables */
    List<List<Long>> last() throws SQLException {
        List<List<Long>> keys = sample.addLast(connections.get(0), seed);
        committed.addAndGet(keys.size());
        return keys;
    }

    @Override
    public void close() throws SQLException {
        for (Connection connection : connections) {
            connection.close();
        }
    }
}
