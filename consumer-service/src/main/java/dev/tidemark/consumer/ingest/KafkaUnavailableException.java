package dev.tidemark.consumer.ingest;

import org.jspecify.annotations.Nullable;

/** Kafka does not answer, or not what was asked for. */
public final class KafkaUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    KafkaUnavailableException(@Nullable Throwable cause) {
        super("Kafka does not answer" + (cause == null ? "" : ": " + cause), cause);
    }
}
