package dev.tidemark.web.security;

import java.util.Locale;
import java.util.Set;

/** What somebody may do. */
public enum Role {
    /** Reads. */
    VIEWER,
    /** Reads and changes. */
    OPERATOR;

    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");

    /** What it takes to use a method of HTTP. */
    static Role neededFor(String method) {
        return isReading(method) ? VIEWER : OPERATOR;
    }

    static boolean isReading(String method) {
        return READING.contains(method);
    }

    /** As configuration and tokens have it. */
    String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
