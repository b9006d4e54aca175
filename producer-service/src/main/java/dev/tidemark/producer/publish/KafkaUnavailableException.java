package dev.tidemark.producer.publish;

import org.jspecify.annotations.Nullable;

/** Kafka does not do what is asked of it; trying again later may help. */
public class KafkaUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public KafkaUnavailableException(String message, @Nullable Throwable cause) {
        super(cause == null || cause.getMessage() == null ? message : message + ": " + cause.getMessage(), cause);
    }
}
