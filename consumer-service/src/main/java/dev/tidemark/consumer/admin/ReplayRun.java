package dev.tidemark.consumer.admin;

import dev.tidemark.consumer.admin.ReplayProgress.State;
import dev.tidemark.consumer.apply.Problem;
import dev.tidemark.consumer.deadletter.DeadLetterFilter;
import dev.tidemark.consumer.deadletter.DeadLetterQueries;
import dev.tidemark.consumer.deadletter.DeadLetterQueries.Extent;
import dev.tidemark.consumer.deadletter.DeadLetterQueries.Place;
import dev.tidemark.consumer.deadletter.Replays;
import dev.tidemark.consumer.deadletter.Replays.Replay;
import dev.tidemark.consumer.deadletter.Replays.Result;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replays the open letters that match, those that were there at its start, in the order of their events. A page is a transaction; the place behind it is
 * kept, so that a letter that is refused again is not tried twice. While the destination is away it waits.
 */
final class ReplayRun implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(ReplayRun.class);
    private static final int PAGE = 200;
    private static final Duration FIRST_DELAY = Duration.ofMillis(200);
    private static final Duration LONGEST_DELAY = Duration.ofSeconds(10);

    private final long number;
    private final DeadLetterFilter filter;
    private final String who;
    private final DeadLetterQueries queries;
    private final Replays replays;
    private final ReplayListener listener;
    private final Clock clock;
    private final Instant startedAt;
    private final CountDownLatch cancelled = new CountDownLatch(1);
    private final Map<Result, Long> results = new EnumMap<>(Result.class);
    private State state = State.RUNNING;
    private @Nullable Long total;
    private @Nullable Instant endedAt;
    private @Nullable String error;

    ReplayRun(
            long number,
            DeadLetterFilter filter,
            String who,
            DeadLetterQueries queries,
            Replays replays,
            ReplayListener listener,
            Clock clock) {
        this.number = number;
        this.filter = filter;
        this.who = who;
        this.queries = queries;
        this.replays = replays;
        this.listener = listener;
        this.clock = clock;
        this.startedAt = clock.instant();
    }

    /** Something that fails while the destination is away. */
    private interface Attempt<T> {
        T run() throws SQLException;
    }

    synchronized ReplayProgress progress() {
        long replayed = count(Result.REPLAYED);
        long refused = count(Result.REFUSED);
        long superseded = count(Result.SUPERSEDED);
        long skipped = count(Result.CLOSED) + count(Result.MISSING);
        long done = replayed + refused + superseded + skipped;
        return new ReplayProgress(
                number, state, total, done, replayed, refused, superseded, skipped, startedAt, endedAt, who, error);
    }

    private long count(Result result) {
        return results.getOrDefault(result, 0L);
    }

    synchronized boolean isRunning() {
        return state == State.RUNNING;
    }

    /** Lets it end after the page under way. */
    void cancel() {
        cancelled.countDown();
    }

    @Override
    public void run() {
        log.info("Replaying dead letters: replay={} by={}", number, who);
        try {
            replayAll();
            end(State.DONE, null);
        } catch (CancellationException e) {
            end(State.CANCELLED, null);
        } catch (RuntimeException e) {
            log.warn("Replaying dead letters has failed: replay={}", number, e);
            end(State.FAILED, Problem.of(e).message());
        }
        log.info("Ended replaying dead letters: {}", progress());
    }

    private void replayAll() {
        Extent extent = untilItWorks(() -> queries.extent(filter));
        total(extent.count());
        Place last = null;
        List<Place> page;
        do {
            Place after = last;
            page = untilItWorks(() -> queries.places(filter, after, extent.lastId(), PAGE));
            if (!page.isEmpty()) {
                List<Long> ids = page.stream().map(Place::id).toList();
                tried(untilItWorks(() -> replays.replay(ids, false, who)));
                last = page.get(page.size() - 1);
            }
        } while (!page.isEmpty());
    }

    private <T> T untilItWorks(Attempt<T> attempt) {
        Duration delay = FIRST_DELAY;
        while (true) {
            waitUnlessCancelled(Duration.ZERO);
            try {
                T result = attempt.run();
                error(null);
                return result;
            } catch (SQLException e) {
                error(Problem.of(e).message());
                waitUnlessCancelled(delay);
                Duration twice = delay.multipliedBy(2);
                delay = twice.compareTo(LONGEST_DELAY) < 0 ? twice : LONGEST_DELAY;
            }
        }
    }

    private void waitUnlessCancelled(Duration time) {
        try {
            if (cancelled.await(time.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new CancellationException();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException();
        }
    }

    private void tried(List<Replay> page) {
        listener.tried(page);
        synchronized (this) {
            page.forEach(replay -> results.merge(replay.result(), 1L, Long::sum));
        }
    }

    private synchronized void total(long letters) {
        total = letters;
    }

    private synchronized void error(@Nullable String message) {
        error = message;
    }

    /** What was in the way when it was cancelled is still told. */
    private synchronized void end(State reached, @Nullable String message) {
        state = reached;
        error = message == null ? error : message;
        endedAt = clock.instant();
    }
}
