/**
 * What comes from Kafka: which partitions there are, where they are read, what belongs together, and when to try again. Everything runs on the one thread
 * of the listener container; others only look at the {@linkplain dev.tidemark.consumer.ingest.PipelineStatus status}.
 */
@NullMarked
package dev.tidemark.consumer.ingest;

import org.jspecify.annotations.NullMarked;
