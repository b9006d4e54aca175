package dev.tidemark.consumer.deadletter;

import org.jspecify.annotations.Nullable;

/**
 * Why an event was refused.
 *
 * @param cause the cause without the row's values, to group by
 * @param rule the name of the rule that refuses it
 * @param sqlState PostgreSQL's code of the error
 * @param message the cause in words; may hold values of the row, so that it belongs neither in logs nor in health
 */
public record Refusal(
        CauseClass causeClass,
        String cause,
        @Nullable String rule,
        @Nullable String sqlState,
        String message) {

    /** The record is no change event. */
    public static Refusal undecodable(@Nullable String message) {
        return new Refusal(CauseClass.UNDECODABLE, "no change event", null, null, String.valueOf(message));
    }
}
