package dev.tidemark.producer.source;

import dev.tidemark.model.TableId;
import org.jspecify.annotations.Nullable;

/**
 * How a captured table looks at the source.
 *
 * @param trackedAt since when changes are captured without a gap, as {@link TrackedTable} has it
 * @param copyAt when a new copy was last asked for, as {@link TrackedTable} has it
 * @param rows about how many rows it has, or -1 if the source does not know
 * @param options what of it is captured, as cdc.choose has them; null if all is
 */
public record CapturedTable(
        TableId id,
        String trackedAt,
        @Nullable String copyAt,
        long rows,
        @Nullable String options,
        Protection protection) {}
