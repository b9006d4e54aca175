package dev.tidemark.producer.capture;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where the producer is to go on from.
 *
 * @param time from the first change that is not older, if the kind is {@link Kind#TIME}
 */
public record OffsetTarget(Kind kind, @Nullable Instant time) {

    /** Kinds of places in the change log. */
    public enum Kind {
        /** The oldest change that the log still has. */
        EARLIEST,
        /** The first change that is not older than a time. */
        TIME,
        /** The present, with new snapshots of all tables: nothing else would bring what is skipped. */
        FRESH
    }

    public static OffsetTarget earliest() {
        return new OffsetTarget(Kind.EARLIEST, null);
    }

    public static OffsetTarget from(Instant time) {
        return new OffsetTarget(Kind.TIME, time);
    }

    public static OffsetTarget fresh() {
        return new OffsetTarget(Kind.FRESH, null);
    }
}
