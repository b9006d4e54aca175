/**
 * The wire contract between the producer-service and the consumer-service: names of tables and topics, change events, markers.
 * And what both say alike. Plain Java, so that any other reader of the topics can use it; golden files hold both sides to the same bytes.
 */
@NullMarked
package dev.tidemark.model;

import org.jspecify.annotations.NullMarked;
