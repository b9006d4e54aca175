package dev.tidemark.producer.source;

import dev.tidemark.model.TableId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether the changes of a table are captured.
 *
 * @param missingEvents for which kinds of statements it lacks an enabled trigger
 * @param presentName what it is called now, or null if there is no such table any more
 * @param altered whether it has other columns or another key than when it was tracked; its changes are captured all the same
 * @param missed why changes were not captured, and when that was last; no copy has begun since
 * @param mending the same, but a copy has begun since
 */
public record Protection(
        List<String> missingEvents,
        @Nullable TableId presentName,
        boolean altered,
        List<String> missed,
        List<String> mending) {}
