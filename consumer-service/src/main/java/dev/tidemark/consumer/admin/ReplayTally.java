package dev.tidemark.consumer.admin;

import dev.tidemark.consumer.admin.ReplayProgress.State;
import dev.tidemark.consumer.apply.Problem;
import dev.tidemark.consumer.deadletter.Replays.Replay;
import dev.tidemark.consumer.deadletter.Replays.Result;
import java.time.Clock;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a replay of many letters has come to so far. One thread counts, others look. */
final class ReplayTally {

    private final long number;
    private final String who;
    private final Clock clock;
    private final Instant startedAt;
    private final Map<Result, Long> results = new EnumMap<>(Result.class);
    private State state = State.RUNNING;
    private long failed;
    private @Nullable Long total;
    private @Nullable Instant endedAt;
    private @Nullable String inTheWay;
    private @Nullable String lastFailure;

    ReplayTally(long number, String who, Clock clock) {
        this.number = number;
        this.who = who;
        this.clock = clock;
        this.startedAt = clock.instant();
    }

    synchronized ReplayProgress progress() {
        long skipped = count(Result.CLOSED) + count(Result.MISSING);
        return new ReplayProgress(
                number,
                state,
                total,
                tried() + failed,
                count(Result.REPLAYED),
                count(Result.REFUSED),
                count(Result.SUPERSEDED),
                skipped,
                failed,
                startedAt,
                endedAt,
                who,
                inTheWay == null ? lastFailure : inTheWay);
    }

    synchronized boolean isRunning() {
        return state == State.RUNNING;
    }

    /** Whether there were letters and none of them could be tried. */
    synchronized boolean isInVain() {
        return failed > 0 && tried() == 0;
    }

    private long tried() {
        return results.values().stream().mapToLong(Long::longValue).sum();
    }

    private long count(Result result) {
        return results.getOrDefault(result, 0L);
    }

    synchronized void total(long letters) {
        total = letters;
    }

    synchronized void tried(List<Replay> page) {
        page.forEach(replay -> results.merge(replay.result(), 1L, Long::sum));
    }

    /** The letter could not be tried, though the destination is there. */
    synchronized void failed(long id, Exception cause) {
        failed++;
        lastFailure = "The dead letter " + id + " could not be tried: "
                + Problem.of(cause).message();
    }

    /** What is waited for; null if nothing is. */
    synchronized void waitsFor(@Nullable Throwable error) {
        inTheWay = error == null ? null : Problem.of(error).message();
    }

    /** What was in the way when it was cancelled is still told. */
    synchronized void end(State reached) {
        state = reached;
        endedAt = clock.instant();
    }
}
