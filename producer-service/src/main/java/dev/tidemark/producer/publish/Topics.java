package dev.tidemark.producer.publish;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.core.KafkaAdmin;

/** Makes the pipeline's topics where they are missing, with the settings that the pipeline relies on. */
final class Topics implements AutoCloseable {

    /** So small that reading the topic to its end at start is quick. */
    private static final String OFFSETS_SEGMENT_BYTES = String.valueOf(4 << 20);

    private final KafkaAdmin admin;
    private final TopicsProperties properties;
    /** The poller looks up topics while it works, and must not wait for long to learn that Kafka is away. */
    private static final long LOOK_UP_MILLIS = 3000;

    private final long timeoutMillis;
    private @Nullable Admin client;

    Topics(KafkaAdmin admin, TopicsProperties properties) {
        this.admin = admin;
        this.properties = properties;
        this.timeoutMillis = properties.adminTimeout().toMillis();
    }

    /**
     * Makes the topic of a table and that of its dead letters if they are missing; the latter too, since the consumer makes no topics.
     *
     * @return Kafka's id of the table's topic
     */
    String ensureEvents(String topic, String deadLetters) {
        ensure(deadLetters, events(properties.deadLetterRetention()));
        return ensure(topic, events(properties.retention()));
    }

    private Map<String, String> events(Duration retention) {
        return Map.of(
                TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE,
                TopicConfig.RETENTION_MS_CONFIG, String.valueOf(retention.toMillis()),
                TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                        String.valueOf(properties.maxMessageSize().toBytes()));
    }

    void ensureOffsets(String topic) {
        ensure(
                topic,
                Map.of(
                        TopicConfig.CLEANUP_POLICY_CONFIG,
                        TopicConfig.CLEANUP_POLICY_COMPACT,
                        TopicConfig.SEGMENT_BYTES_CONFIG,
                        OFFSETS_SEGMENT_BYTES,
                        TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG,
                        "0.1"));
    }

    private String ensure(String topic, Map<String, String> settings) {
        String known = ids(List.of(topic)).get(topic);
        return known != null ? known : create(topic, settings);
    }

    private String create(String topic, Map<String, String> settings) {
        NewTopic wanted =
                new NewTopic(topic, Optional.of(1), Optional.of(properties.replicationFactor())).configs(settings);
        try {
            return await(client().createTopics(List.of(wanted)).topicId(topic), timeoutMillis)
                    .toString();
        } catch (ExecutionException e) {
            // Somebody else may have made it meanwhile; a broker may do so by itself.
            String made = e.getCause() instanceof TopicExistsException
                    ? ids(List.of(topic)).get(topic)
                    : null;
            if (made == null) {
                throw failure("The topic " + topic + " cannot be made", e.getCause());
            }
            return made;
        }
    }

    /** @return Kafka's ids of those of the topics that exist */
    Map<String, String> ids(Collection<String> topics) {
        Map<String, String> ids = new HashMap<>();
        client().describeTopics(topics).topicNameValues().forEach((topic, description) -> {
            try {
                ids.put(topic, await(description, LOOK_UP_MILLIS).topicId().toString());
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw failure("The topic " + topic + " cannot be seen", e.getCause());
                }
            }
        });
        return ids;
    }

    /** Whether it lies in the topic (its name, a right, a policy) or in Kafka. */
    private static KafkaUnavailableException failure(String message, @Nullable Throwable cause) {
        boolean ofTheTopic = cause instanceof ApiException
                && !(cause instanceof RetriableException)
                && !(cause instanceof AuthenticationException);
        return ofTheTopic ? new TopicRefusedException(message, cause) : new KafkaUnavailableException(message, cause);
    }

    private Admin client() {
        if (client == null) {
            client = Admin.create(admin.getConfigurationProperties());
        }
        return client;
    }

    private static <T> T await(KafkaFuture<T> answer, long timeoutMillis) throws ExecutionException {
        try {
            return answer.get(timeoutMillis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new KafkaUnavailableException("Kafka does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaUnavailableException("Interrupted while waiting for Kafka", e);
        }
    }

    @Override
    public void close() {
        if (client != null) {
            client.close(Duration.ZERO);
        }
    }
}
