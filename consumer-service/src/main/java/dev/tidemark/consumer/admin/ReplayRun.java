package dev.tidemark.consumer.admin;

import dev.tidemark.consumer.admin.ReplayProgress.State;
import dev.tidemark.consumer.database.Outage;
import dev.tidemark.consumer.deadletter.DeadLetterFilter;
import dev.tidemark.consumer.deadletter.DeadLetterQueries;
import dev.tidemark.consumer.deadletter.DeadLetterQueries.Extent;
import dev.tidemark.consumer.deadletter.DeadLetterQueries.Place;
import dev.tidemark.consumer.deadletter.Replays;
import dev.tidemark.consumer.deadletter.Replays.Replay;
import dev.tidemark.consumer.ingest.Backoff;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replays the open letters that match, those that were there at its start, in the order of their events:
 *
 * <ol>
 *   <li>A page is a transaction. The place behind it is kept, so that a letter that is refused again is not tried twice.
 *   <li>While the destination is away it waits, and tries the same page again.
 *   <li>If anything else keeps the page from being tried, such as a table that is missing, each letter of it is tried in a transaction of its own. Those that
 *       cannot be tried count as failed and stay open; the others go on.
 * </ol>
 */
final class ReplayRun implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(ReplayRun.class);
    private static final int PAGE = 200;
    private static final Backoff BACKOFF = new Backoff(Duration.ofMillis(200), Duration.ofSeconds(10));

    private final long number;
    private final DeadLetterFilter filter;
    private final String who;
    private final DeadLetterQueries queries;
    private final Replays replays;
    private final ReplayListener listener;
    private final ReplayTally tally;
    private final CountDownLatch cancelled = new CountDownLatch(1);

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
        this.tally = new ReplayTally(number, who, clock);
    }

    /** Something that fails while the destination is away. */
    private interface Attempt<T> {
        T run() throws SQLException;
    }

    ReplayProgress progress() {
        return tally.progress();
    }

    boolean isRunning() {
        return tally.isRunning();
    }

    /** Lets it end after the page under way. */
    void cancel() {
        cancelled.countDown();
    }

    /** Ends whatever is thrown, an error of the JVM too: no other replay is started while this one counts as running. */
    @Override
    public void run() {
        State reached = State.FAILED;
        try {
            log.info("Replaying dead letters: replay={} by={}", number, who);
            replayAll();
            reached = tally.isInVain() ? State.FAILED : State.DONE;
        } catch (CancellationException e) {
            reached = State.CANCELLED;
        } catch (Throwable e) {
            tally.waitsFor(e);
            log.warn("Replaying dead letters has failed: replay={}", number, e);
        } finally {
            tally.end(reached);
        }
        log.info("Ended replaying dead letters: {}", progress());
    }

    private void replayAll() throws SQLException {
        Extent extent = whenItIsThere(() -> queries.extent(filter));
        tally.total(extent.count());
        Place last = null;
        List<Place> page;
        do {
            Place after = last;
            page = whenItIsThere(() -> queries.places(filter, after, extent.lastId(), PAGE));
            if (!page.isEmpty()) {
                replay(page.stream().map(Place::id).toList());
                last = page.get(page.size() - 1);
            }
        } while (!page.isEmpty());
    }

    private void replay(List<Long> ids) {
        List<Replay> tried;
        try {
            tried = whenItIsThere(() -> replays.replay(ids, false, who));
        } catch (CancellationException e) {
            throw e;
        } catch (SQLException | RuntimeException e) {
            log.debug("Dead letters cannot be tried: replay={} letters={}", number, ids.size(), e);
            if (ids.size() == 1) {
                tally.failed(ids.get(0), e);
            } else {
                ids.forEach(id -> replay(List.of(id)));
            }
            return;
        }
        tally.tried(tried);
        listener.tried(tried);
    }

    /** @throws SQLException if it is there and the attempt fails all the same */
    private <T> T whenItIsThere(Attempt<T> attempt) throws SQLException {
        for (int failures = 1; true; failures++) {
            waitUnlessCancelled(Duration.ZERO);
            try {
                T result = attempt.run();
                tally.waitsFor(null);
                return result;
            } catch (SQLException | RuntimeException e) {
                if (!Outage.is(e)) {
                    tally.waitsFor(null);
                    throw e;
                }
                tally.waitsFor(e);
                waitUnlessCancelled(BACKOFF.after(failures));
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
}
