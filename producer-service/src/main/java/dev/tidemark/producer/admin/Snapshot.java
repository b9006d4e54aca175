package dev.tidemark.producer.admin;

import dev.tidemark.producer.publish.TableProgress;
import java.time.Duration;
import java.time.Instant;

/**
 * How far the snapshot of a table has come.
 *
 * @param rows how many rows were sent
 * @param complete whether that was all
 * @param rowsPerSecond how fast it goes, or went, in this process; 0 if nothing was sent by it
 * @param trackedAt of which capture it is the snapshot
 * @param firstRows how many rows had been sent when the measuring began
 * @param firstAt when that was
 */
record Snapshot(long rows, boolean complete, long rowsPerSecond, String trackedAt, long firstRows, Instant firstAt) {

    static Snapshot of(TableProgress progress, Instant now) {
        return new Snapshot(progress.rows(), progress.complete(), 0, progress.trackedAt(), progress.rows(), now);
    }

    Snapshot after(TableProgress progress, Instant now) {
        if (!progress.trackedAt().equals(trackedAt) || progress.rows() < rows) {
            return of(progress, now);
        }
        long millis = Math.max(1, Duration.between(firstAt, now).toMillis());
        long speed = progress.rows() == rows ? rowsPerSecond : (progress.rows() - firstRows) * 1000 / millis;
        return new Snapshot(progress.rows(), progress.complete(), speed, trackedAt, firstRows, firstAt);
    }
}
