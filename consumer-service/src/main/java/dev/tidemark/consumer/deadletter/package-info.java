/**
 * Events that were refused: {@code cdc.dead_letter}, what is known of each, and how they are looked at. Knows nothing of how events are applied; who refuses
 * an event writes the letter in its own transaction.
 */
@NullMarked
package dev.tidemark.consumer.deadletter;

import org.jspecify.annotations.NullMarked;
