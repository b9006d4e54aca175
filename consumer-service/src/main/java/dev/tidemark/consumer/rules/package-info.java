/**
 * The rules that users write for rows: what a file of them says, what an expression means, and whether an event keeps them. Knows nothing of what becomes of
 * an event that breaks one.
 */
@NullMarked
package dev.tidemark.consumer.rules;

import org.jspecify.annotations.NullMarked;
