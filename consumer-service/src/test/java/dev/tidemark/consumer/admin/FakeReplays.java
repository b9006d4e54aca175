package dev.tidemark.consumer.admin;

import dev.tidemark.consumer.apply.EnvironmentException;
import dev.tidemark.consumer.deadletter.Refusal;
import dev.tidemark.consumer.deadletter.Replays;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** Comes to the results it is told to, and remembers what it was asked. */
final class FakeReplays implements Replays {

    final Map<Long, Replay> results = new HashMap<>();
    final List<List<Long>> pages = new ArrayList<>();
    final List<String> requests = new ArrayList<>();

    @Nullable
    SQLException away;

    @Nullable
    EnvironmentException unfit;

    @Nullable
    RuntimeException bug;

    @Nullable
    Error fatal;
    /** What each of these letters keeps its whole page from being tried with. */
    final Map<Long, SQLException> untriable = new HashMap<>();
    /** What pages have to wait for. */
    final Semaphore permits = new Semaphore(1_000_000);

    void tell(long id, Result result, @Nullable Refusal refusal) {
        results.put(id, new Replay(id, result, refusal));
    }

    @Override
    public List<Replay> replay(List<Long> ids, boolean forced, String who) throws SQLException {
        permits.acquireUninterruptibly();
        synchronized (this) {
            requests.add(ids + " forced=" + forced + " who=" + who);
            fail();
            for (long id : ids) {
                if (untriable.containsKey(id)) {
                    throw untriable.get(id);
                }
            }
            pages.add(ids);
            return ids.stream()
                    .map(id -> results.getOrDefault(id, new Replay(id, Result.REPLAYED, null)))
                    .toList();
        }
    }

    @Override
    public synchronized Replay replayEdited(long id, String row, boolean forced, String who) throws SQLException {
        requests.add(id + " row=" + row + " forced=" + forced + " who=" + who);
        fail();
        return results.getOrDefault(id, new Replay(id, Result.REPLAYED, null));
    }

    private void fail() throws SQLException {
        if (away != null) {
            throw away;
        }
        if (unfit != null) {
            throw unfit;
        }
        if (bug != null) {
            throw bug;
        }
        if (fatal != null) {
            throw fatal;
        }
    }

    synchronized void isAway(@Nullable SQLException error) {
        away = error;
    }
}
