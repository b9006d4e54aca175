package dev.tidemark.producer.publish;

import org.jspecify.annotations.Nullable;

/** Kafka answers, but does not let the producer have this one topic: the others are not concerned. */
public class TopicRefusedException extends KafkaUnavailableException {

    private static final long serialVersionUID = 1L;

    TopicRefusedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
