/**
 * The way into Kafka: the pipeline's own record of where it stands (intents, written before what they announce), the topics, and the sending of events.
 */
@NullMarked
package dev.tidemark.producer.publish;

import org.jspecify.annotations.NullMarked;
