/** What an operator sees: health, position, lag and meters. */
@NullMarked
package dev.tidemark.producer.admin;

import org.jspecify.annotations.NullMarked;
