package dev.tidemark.consumer.ingest;

import dev.tidemark.consumer.apply.Position;
import dev.tidemark.consumer.apply.Problem;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A partition of this instance.
 *
 * @param position where it stands, null if that is not known yet
 * @param problem why it does not go on; null if it does
 * @param failures how often it was tried in vain, in a row
 * @param since since when it does not go on
 */
public record PartitionStatus(
        @Nullable Position position,
        @Nullable Problem problem,
        int failures,
        @Nullable Instant since) {

    /** Whether changes of this partition are applied. */
    public boolean flows() {
        return position != null && problem == null;
    }
}
