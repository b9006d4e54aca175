package dev.tidemark.consumer.apply;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the consumers of a group have been told.
 *
 * @param paused whether they apply nothing
 * @param by who said so last; null if nobody ever has
 * @param at when that was; null if nobody ever has
 */
public record Control(
        boolean paused, @Nullable String by, @Nullable Instant at) {

    /** As it is until somebody says otherwise. */
    public static final Control RUNNING = new Control(false, null, null);

    /** Who has said so and when, in words. */
    public String words() {
        return (paused ? "paused by " : "resumed by ") + by + " since " + at;
    }
}
