package dev.tidemark.consumer.deadletter;

import java.util.Locale;

/** What became of a dead letter. All but {@link #OPEN} are final, but for a forced replay. */
public enum DeadLetterState {
    /** Nothing yet: the destination lacks the change. */
    OPEN,
    /** A later event of the same row was applied, so that this one no longer matters. */
    SUPERSEDED,
    /** It was applied after all, perhaps with an edited row. */
    REPLAYED,
    /** Somebody has decided that it is not wanted. */
    DISCARDED;

    /** As it is stored and shown. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException if there is no such state */
    public static DeadLetterState of(String code) {
        return valueOf(code.toUpperCase(Locale.ROOT));
    }
}
