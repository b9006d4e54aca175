package dev.tidemark.consumer.ingest;

import java.time.Instant;

/**
 * What went wrong last, also when it is over.
 *
 * @param at when that was first said
 */
public record LastError(String message, Instant at) {}
