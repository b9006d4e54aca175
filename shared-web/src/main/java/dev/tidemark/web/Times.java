package dev.tidemark.web;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;

/** Times in requests: ISO 8601, with the offset from UTC. */
public final class Times {

    /** What to write in place of what is none. */
    public static final String EXAMPLE = "2026-01-31T12:00:00Z";

    private static final int LAST_YEAR = 9999;

    private Times() {}

    /** @throws IllegalArgumentException if it is none, or is one of a year that PostgreSQL and Kafka may not have */
    public static Instant parse(String text) {
        try {
            OffsetDateTime time = OffsetDateTime.parse(text);
            if (time.getYear() >= 1 && time.getYear() <= LAST_YEAR) {
                return time.toInstant();
            }
        } catch (DateTimeParseException e) {
            // said below
        }
        throw new IllegalArgumentException("'" + text + "' is not a time such as " + EXAMPLE);
    }
}
