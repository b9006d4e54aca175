package dev.tidemark.consumer.ingest;

import dev.tidemark.model.ErrorText;
import org.jspecify.annotations.Nullable;

/** Kafka does not answer, or not what was asked for. */
public final class KafkaUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    KafkaUnavailableException(String message, @Nullable Throwable cause) {
        super(cause == null ? message : message + ": " + ErrorText.of(cause), cause);
    }
}
