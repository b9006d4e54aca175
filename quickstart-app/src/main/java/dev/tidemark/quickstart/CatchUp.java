package dev.tidemark.quickstart;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Waits for the destination as long as something arrives there: large work may take its time, work that stands is given up.
 *
 * <p>One object waits once.
 */
final class CatchUp implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration TOLD_AFTER = Duration.ofSeconds(15);
    private static final Duration LOOK = Duration.ofSeconds(1);

    private static final String EXISTS = "SELECT 1 WHERE to_regclass('cdc.applied_offset') IS NOT NULL";
    private static final String POSITION =
            "SELECT sum(next_offset) FROM cdc.applied_offset WHERE topic NOT LIKE '%.cdc.heartbeat'";

    private final LocalPipeline pipeline;
    private final Console console;
    private final Ending ending;
    private final Connection destination;
    private long position;
    private long moved = System.nanoTime();
    private boolean told;

    /** Something that is asked of a database. */
    interface Query<T> {
        T ask() throws SQLException;
    }

    CatchUp(LocalPipeline pipeline, Console console, Ending ending) throws SQLException {
        this.pipeline = pipeline;
        this.console = console;
        this.ending = ending;
        this.destination = pipeline.destination().connect();
    }

    /**
     * @param step how often to ask
     * @param progress shown every second
     * @return false if nothing has arrived for two minutes
     */
    boolean until(Query<Boolean> reached, Duration step, Query<String> progress) throws SQLException {
        long looked = System.nanoTime();
        while (!reached.ask()) {
            ending.pause(step);
            long now = System.nanoTime();
            if (now - looked >= LOOK.toNanos()) {
                looked = now;
                console.progress(progress.ask());
                if (stands(now)) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean stands(long now) throws SQLException {
        pipeline.requireAlive();
        long newPosition = position();
        if (newPosition != position) {
            position = newPosition;
            moved = now;
            told = false;
        }
        long quiet = now - moved;
        if (!told && quiet >= TOLD_AFTER.toNanos()) {
            told = true;
            console.line("  nothing has arrived for %d s%n%s"
                    .formatted(TimeUnit.NANOSECONDS.toSeconds(quiet), pipeline.health()));
        }
        return quiet >= PATIENCE.toNanos();
    }

    /** Grows with whatever is applied but heartbeats. Before the consumer has made its schema, nothing is. */
    private long position() throws SQLException {
        return number(EXISTS) == 0 ? 0 : number(POSITION);
    }

    /** @return 0 for no row and for null */
    private long number(String query) throws SQLException {
        try (Statement statement = destination.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    @Override
    public void close() throws SQLException {
        destination.close();
    }
}
