package dev.tidemark.quickstart;

import org.jspecify.annotations.Nullable;

/**
 * A row of {@code public.employees}.
 *
 * @param text all of it, as PostgreSQL writes a row: two rows are equal exactly if this is
 * @param committed when its last change was committed, in microseconds; null if the server does not know any more
 */
record Row(int key, String text, @Nullable Long committed) {}
