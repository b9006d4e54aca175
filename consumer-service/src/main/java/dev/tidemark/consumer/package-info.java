/** The consumer-service: applies the events of Kafka to the destination, exactly once. What happens is in the packages below; here it is put together. */
@NullMarked
package dev.tidemark.consumer;

import org.jspecify.annotations.NullMarked;
