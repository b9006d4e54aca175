package dev.tidemark.consumer.apply;

import java.time.Instant;

/**
 * What the active producer said last, as far as it is applied.
 *
 * @param at when it said so, by the source's clock
 * @param everySeconds how soon it is to say so again
 */
public record Heartbeat(Instant at, double everySeconds) {}
