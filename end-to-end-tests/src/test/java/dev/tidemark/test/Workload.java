package dev.tidemark.test;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Sessions that write an {@linkplain Items item table} at random: inserts, updates, deletes, changes of keys, statements of many rows, savepoints, rollbacks. What
 * each of them does follows from the seed, which is printed and can be set by {@code -Dtidemark.seed}; how they interleave does not.
 */
final class Workload implements AutoCloseable {

    private final TestDatabase database;
    private final String table;
    private final long seed = Seed.next();
    private final AtomicLong committed = new AtomicLong();
    private final List<Writer> writers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private int sessions = 4;
    private int keys = 500;
    private int pauseMillis = 20;
    private boolean forgiving;

    Workload(TestDatabase database, String table) {
        this.database = database;
        this.table = table;
    }

    Workload sessions(int count) {
        sessions = count;
        return this;
    }

    /** The fewer keys, the more the sessions wait for each other. */
    Workload keys(int count) {
        keys = count;
        return this;
    }

    /** The longest pause within and after a transaction. */
    Workload pauseMillis(int millis) {
        pauseMillis = millis;
        return this;
    }

    /** Connects again when the database is away; otherwise that is a failure, as writers must not notice anything. */
    Workload survivingDisconnection() {
        forgiving = true;
        return this;
    }

    Workload start() {
        for (int i = 0; i < sessions; i++) {
            Writer writer = new Writer(
                    database, table, new Random(seed + i), new Writer.Habits(keys, pauseMillis, forgiving), committed);
            Thread thread = new Thread(writer, "writer-" + i);
            thread.setDaemon(true);
            writers.add(writer);
            threads.add(thread);
        }
        threads.forEach(Thread::start);
        return this;
    }

    /** How many statements were committed so far. */
    long committed() {
        writers.forEach(Writer::throwFailure);
        return committed.get();
    }

    /** Waits until so many more statements are committed: a pause that is long enough on any machine. */
    void awaitMore(long statements) {
        long goal = committed() + statements;
        Await.until(
                "the workload",
                () -> committed.get() >= goal || writers.stream().anyMatch(Writer::hasFailed));
        committed();
    }

    /** The longest time, in milliseconds, that the database has taken for one step of a transaction since this was last asked. */
    long slowestMillis() {
        return writers.stream().mapToLong(Writer::takeSlowestNanos).max().orElse(0) / TimeUnit.MILLISECONDS.toNanos(1);
    }

    /** Ends all sessions after the transaction at hand, and fails if one of them has failed. */
    void stop() {
        close();
        writers.forEach(Writer::throwFailure);
    }

    @Override
    public void close() {
        writers.forEach(Writer::stop);
        for (Thread thread : threads) {
            try {
                thread.join(Await.PATIENCE.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
