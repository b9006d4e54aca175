/** The producer-service: reads the change log at the source and publishes it to Kafka. */
@NullMarked
package dev.tidemark.producer;

import org.jspecify.annotations.NullMarked;
