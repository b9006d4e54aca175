package dev.tidemark.producer.publish;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.core.KafkaAdmin;

/** Makes the pipeline's topics where they are missing, with the settings that the pipeline relies on. */
final class Topics {

    /** So small that reading the topic to its end at start is quick. */
    private static final String OFFSETS_SEGMENT_BYTES = String.valueOf(4 << 20);

    private final KafkaAdmin admin;
    private final TopicsProperties properties;
    private final long timeoutMillis;

    Topics(KafkaAdmin admin, TopicsProperties properties) {
        this.admin = admin;
        this.properties = properties;
        this.timeoutMillis = properties.adminTimeout().toMillis();
    }

    /** @return Kafka's id of the topic, made if it is missing */
    String ensureEvents(String topic) {
        return ensure(
                topic,
                Map.of(
                        TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE,
                        TopicConfig.RETENTION_MS_CONFIG,
                                String.valueOf(properties.retention().toMillis()),
                        TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                                String.valueOf(properties.maxMessageSize().toBytes())));
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
        try (Admin client = Admin.create(admin.getConfigurationProperties())) {
            String known = id(client, topic);
            return known != null ? known : create(client, topic, settings);
        } catch (ExecutionException e) {
            throw new KafkaUnavailableException("The topic " + topic + " can neither be seen nor made", e.getCause());
        } catch (TimeoutException e) {
            throw new KafkaUnavailableException("Kafka does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaUnavailableException("Interrupted while waiting for Kafka", e);
        }
    }

    private String create(Admin client, String topic, Map<String, String> settings)
            throws ExecutionException, TimeoutException, InterruptedException {
        NewTopic wanted =
                new NewTopic(topic, Optional.of(1), Optional.of(properties.replicationFactor())).configs(settings);
        return await(client.createTopics(List.of(wanted)).topicId(topic)).toString();
    }

    /** @return the topic's id, or null if there is no such topic */
    private @Nullable String id(Admin client, String topic)
            throws ExecutionException, TimeoutException, InterruptedException {
        try {
            return await(Objects.requireNonNull(client.describeTopics(List.of(topic))
                            .topicNameValues()
                            .get(topic)))
                    .topicId()
                    .toString();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return null;
            }
            throw e;
        }
    }

    private <T> T await(KafkaFuture<T> answer) throws ExecutionException, TimeoutException, InterruptedException {
        return answer.get(timeoutMillis, TimeUnit.MILLISECONDS);
    }
}
