package dev.tidemark.producer.admin;

import java.time.Instant;

/**
 * What went wrong last, also when it is over.
 *
 * @param at when that was first said
 */
record LastError(String message, Instant at) {}
