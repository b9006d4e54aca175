/**
 * The way out of the source: a step of the poller takes what has been committed since the last one, in pages, and hands it on to be published.
 */
@NullMarked
package dev.tidemark.producer.capture;

import org.jspecify.annotations.NullMarked;
