package dev.tidemark.consumer.ingest;

import java.util.Set;
import org.apache.kafka.common.errors.TopicAuthorizationException;

/** Kafka does not let the consumer read some topics. */
final class UnreadableTopicsException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Set<String> topics;

    UnreadableTopicsException(TopicAuthorizationException cause) {
        super(
                "Kafka does not let this consumer read " + cause.unauthorizedTopics()
                        + ": allow its user READ on the topic; it goes on by itself",
                cause);
        this.topics = Set.copyOf(cause.unauthorizedTopics());
    }

    Set<String> topics() {
        return topics;
    }
}
