package dev.tidemark.producer.source;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * A transaction of somebody that has not ended. What the producer's role may not see is null: of others' sessions a role without {@code pg_read_all_stats} sees
 * little more than who they are.
 *
 * @param id tells it from others
 * @param pid the process, or null if the transaction is a prepared one
 * @param prepared the identifier of a prepared transaction, else null
 * @param state {@code active}, {@code idle in transaction} ...
 * @param since when it began
 * @param seconds its age
 * @param queryStart when its last statement began
 */
public record OpenTransaction(
        String id,
        @Nullable Integer pid,
        @Nullable String prepared,
        @Nullable String user,
        @Nullable String application,
        @Nullable String state,
        @Nullable Instant since,
        @Nullable Double seconds,
        @Nullable Instant queryStart) {

    /** For people. */
    @Override
    public String toString() {
        if (prepared != null) {
            return "the prepared transaction '" + prepared + "' of " + user + " of " + text(since)
                    + " (COMMIT PREPARED or ROLLBACK PREPARED ends it)";
        }
        String who = "process " + pid + " of " + user
                + (application == null || application.isEmpty() ? "" : " (" + application + ")");
        return since == null
                ? who + ", of which the role may not see more (GRANT pg_read_all_stats would let it)"
                : who + ", " + state + ", in a transaction since " + text(since) + ", its last statement since "
                        + text(queryStart);
    }

    private static String text(@Nullable Instant time) {
        return time == null ? "?" : time.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
