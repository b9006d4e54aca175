/**
 * The destination: what is applied, in which transaction, and what an error of the destination means. Knows nothing of how events come in; the position of
 * what feeds it is stored with the rows, in their transaction.
 */
@NullMarked
package dev.tidemark.consumer.apply;

import org.jspecify.annotations.NullMarked;
