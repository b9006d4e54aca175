package dev.tidemark.quickstart;

import org.jspecify.annotations.Nullable;

/**
 * A row of {@code public.employees} without its key.
 *
 * @param dob as PostgreSQL reads a date
 */
record Employee(
        @Nullable String firstName,
        @Nullable String lastName,
        @Nullable String dob,
        @Nullable String city,
        @Nullable Integer salary) {}
