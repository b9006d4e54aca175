package dev.tidemark.producer.capture;

import dev.tidemark.model.TableId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What moving the offset means.
 *
 * @param from the snapshot up to which all is published, or null if the pipeline has never started
 * @param to the snapshot up to which it counts as published afterwards
 * @param retainedSince the time of the oldest published change that the log still has, or null if it has none
 * @param again how many changes are published again
 * @param tables those of which changes come again, or that get a new snapshot
 */
public record OffsetPlan(
        @Nullable String from, String to, @Nullable Instant retainedSince, long again, List<Table> tables) {

    public OffsetPlan {
        tables = List.copyOf(tables);
    }

    /** The same, carried out. */
    OffsetPlan endingAt(String position) {
        return new OffsetPlan(from, position, retainedSince, again, tables);
    }

    /**
     * @param again how many of its changes are published again
     * @param newSnapshot why it gets a new snapshot, in place of the changes before it; null if it gets none
     */
    public record Table(TableId table, long again, @Nullable String newSnapshot) {}
}
