package dev.tidemark.consumer.deadletter;

import java.util.Locale;

/** What kind of fault an event has. */
public enum CauseClass {
    /** A rule of the user refuses the row. */
    RULE,
    /** A constraint or a trigger of the destination refuses the row. */
    CONSTRAINT,
    /** A value does not fit its column at the destination. */
    VALUE,
    /** The record is no change event. */
    UNDECODABLE,
    /** The row was left out at the source, since no message can carry it. */
    TOO_LARGE;

    /** As it is stored and shown. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException if there is no such class */
    public static CauseClass of(String code) {
        return valueOf(code.toUpperCase(Locale.ROOT));
    }
}
