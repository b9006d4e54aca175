package dev.tidemark.consumer.admin;

import dev.tidemark.consumer.deadletter.DeadLetterFilter;
import dev.tidemark.consumer.deadletter.DeadLetterQueries;
import dev.tidemark.consumer.deadletter.Replays;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The replays of many letters since the start of the service, one at a time. What is known of them ends with the service; what they applied does not. */
final class ReplayRuns implements AutoCloseable {

    private static final int REMEMBERED = 100;
    private static final long STOP_SECONDS = 10;

    private final DeadLetterQueries queries;
    private final Replays replays;
    private final ReplayListener listener;
    private final Clock clock;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(ReplayRuns::thread);
    private final TreeMap<Long, ReplayRun> runs = new TreeMap<>();
    private long lastNumber;

    ReplayRuns(DeadLetterQueries queries, Replays replays, ReplayListener listener, Clock clock) {
        this.queries = queries;
        this.replays = replays;
        this.listener = listener;
        this.clock = clock;
    }

    /** @return nothing if another one is running */
    synchronized Optional<ReplayProgress> start(DeadLetterFilter filter, String who) {
        if (!runs.isEmpty() && runs.lastEntry().getValue().isRunning()) {
            return Optional.empty();
        }
        ReplayRun run = new ReplayRun(++lastNumber, filter, who, queries, replays, listener, clock);
        // First, since a run that cannot be started would count as running for ever.
        thread.execute(run);
        runs.put(lastNumber, run);
        while (runs.size() > REMEMBERED) {
            runs.pollFirstEntry();
        }
        return Optional.of(run.progress());
    }

    synchronized long lastNumber() {
        return lastNumber;
    }

    /** The last one first. */
    synchronized List<ReplayProgress> all() {
        return runs.descendingMap().values().stream().map(ReplayRun::progress).toList();
    }

    synchronized Optional<ReplayProgress> find(long number) {
        return Optional.ofNullable(runs.get(number)).map(ReplayRun::progress);
    }

    synchronized Optional<ReplayProgress> cancel(long number) {
        @Nullable ReplayRun run = runs.get(number);
        if (run != null) {
            run.cancel();
        }
        return find(number);
    }

    private static Thread thread(Runnable run) {
        Thread thread = new Thread(run, "replay");
        thread.setDaemon(true);
        return thread;
    }

    /** Lets the page under way end. */
    @Override
    public void close() throws InterruptedException {
        synchronized (this) {
            runs.values().forEach(ReplayRun::cancel);
        }
        thread.shutdown();
        boolean unused = thread.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
    }
}
