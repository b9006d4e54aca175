package dev.tidemark.quickstart;

import dev.tidemark.quickstart.Ending.EndedException;
import dev.tidemark.stack.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/** A small workload without end: some 20 rows a second, in small transactions of one connection. */
final class Trickle implements AutoCloseable {

    private static final Duration PER_ROW = Duration.ofMillis(50);
    private static final Duration AFTER_CONFLICT = Duration.ofSeconds(1);
    private static final int MOST = 5;

    private final Sample sample;
    private final Database source;
    private final long seed;
    private final Ending ending;
    private volatile boolean closed;

    Trickle(Sample sample, Database source, long seed, Ending ending) {
        this.sample = sample;
        this.source = source;
        this.seed = seed;
        this.ending = ending;
    }

    void start() {
        Thread thread = new Thread(this::run, "trickle");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            for (int round = 0; !closed; round++) {
                changesUntilConflict(round);
                ending.pause(AFTER_CONFLICT);
            }
        } catch (EndedException e) {
            // that is all
        }
    }

    /** Whoever tries things out at the source may remove a row from under this workload, or lock a table: then it begins anew. */
    private void changesUntilConflict(int round) {
        try (Connection connection = source.connect()) {
            Changes changes = sample.trickle(connection, seed + round);
            while (!closed) {
                int rows = changes.transaction(MOST);
                ending.pause(PER_ROW.multipliedBy(Math.max(1, rows)));
            }
        } catch (SQLException e) {
            // begins anew
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
