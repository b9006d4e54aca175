package dev.tidemark.producer.publish;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
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
            Optional<String> id = id(client, topic);
            if (id.isEmpty()) {
                create(client, topic, settings);
                id = id(client, topic);
            }
            return id.orElseThrow(() ->
                    new KafkaUnavailableException("The topic " + topic + " was made but cannot be seen yet", null));
        }
    }

    private void create(Admin client, String topic, Map<String, String> settings) {
        NewTopic wanted = new NewTopic(topic, Optional.of(1), Optional.of(properties.replicationFactor()))
                .configs(new HashMap<>(settings));
        try {
            client.createTopics(List.of(wanted)).all().get(timeoutMillis, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new KafkaUnavailableException("The topic " + topic + " cannot be made", e.getCause());
            }
        } catch (TimeoutException e) {
            throw new KafkaUnavailableException("Kafka does not answer", e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private Optional<String> id(Admin client, String topic) {
        try {
            var description = client.describeTopics(List.of(topic))
                    .allTopicNames()
                    .get(timeoutMillis, TimeUnit.MILLISECONDS)
                    .get(topic);
            return Optional.ofNullable(description).map(known -> known.topicId().toString());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return Optional.empty();
            }
            throw new KafkaUnavailableException("The topic " + topic + " cannot be described", e.getCause());
        } catch (TimeoutException e) {
            throw new KafkaUnavailableException("Kafka does not answer", e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static KafkaUnavailableException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new KafkaUnavailableException("Interrupted while waiting for Kafka", e);
    }
}
