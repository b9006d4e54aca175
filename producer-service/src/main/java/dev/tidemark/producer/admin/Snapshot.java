package dev.tidemark.producer.admin;

import dev.tidemark.producer.publish.TableProgress;
import dev.tidemark.producer.source.CapturedTable;
import dev.tidemark.producer.source.CopyRange;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How far the snapshot of a table has come.
 *
 * @param rows how many rows were sent
 * @param complete whether that was all
 * @param rowsPerSecond how fast it goes, or went, in this process; 0 if nothing was sent by it
 * @param trackedAt of which capture it is the snapshot
 * @param copyAt of which request for a new copy it is the snapshot, or null
 * @param copied whether an earlier one has completed, so that this one can be left
 * @param range the part of the table that it is of, or null for the whole table
 * @param firstRows how many rows had been sent when the measuring began
 * @param firstAt when that was
 */
record Snapshot(
        long rows,
        boolean complete,
        long rowsPerSecond,
        String trackedAt,
        @Nullable String copyAt,
        boolean copied,
        @Nullable CopyRange range,
        long firstRows,
        Instant firstAt) {

    static Snapshot of(TableProgress progress, Instant now) {
        return new Snapshot(
                progress.rows(),
                progress.complete(),
                0,
                progress.trackedAt(),
                progress.copyAt(),
                progress.copied(),
                progress.range(),
                progress.rows(),
                now);
    }

    Snapshot after(TableProgress progress, Instant now) {
        if (!isOf(progress.trackedAt(), progress.copyAt()) || progress.rows() < rows) {
            return of(progress, now);
        }
        long millis = Math.max(1, Duration.between(firstAt, now).toMillis());
        long speed = progress.rows() == rows ? rowsPerSecond : (progress.rows() - firstRows) * 1000 / millis;
        return new Snapshot(
                progress.rows(),
                progress.complete(),
                speed,
                trackedAt,
                copyAt,
                progress.copied(),
                progress.range(),
                firstRows,
                firstAt);
    }

    /** Whether it is of the present capture of the table, whatever copy was asked for since. */
    boolean isOfCapture(CapturedTable table) {
        return trackedAt.equals(table.trackedAt());
    }

    /** Whether there is nothing left to be copied. */
    boolean isDone(CapturedTable table) {
        return complete && isOf(table.trackedAt(), table.copyAt());
    }

    /** Whether a chunk of the snapshot that the table is to have now has been sent; only the last chunk may be empty. */
    boolean hasBegun(CapturedTable table) {
        return isOf(table.trackedAt(), table.copyAt()) && (complete || rows > 0);
    }

    private boolean isOf(String capturedSince, @Nullable String copyAskedAt) {
        return trackedAt.equals(capturedSince) && Objects.equals(copyAt, copyAskedAt);
    }
}
