package dev.tidemark.consumer.deadletter;

import dev.tidemark.model.TopicNames;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that the dead-letter topics are there. The producer-service makes them along with the others; they are missing where the topic is older, or
 * somebody has deleted them. For use by one thread.
 */
final class DeadLetterTopics implements AutoCloseable {

    /** What a dead-letter topic takes over from the topic of the events. */
    private static final Set<String> INHERITED = Set.of(
            TopicConfig.RETENTION_MS_CONFIG,
            TopicConfig.RETENTION_BYTES_CONFIG,
            TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
            TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG);

    /** For the headers, which the record did not have before. */
    private static final int ROOM_FOR_HEADERS = 64 << 10;

    private static final long TIMEOUT_MILLIS = 5000;

    private final Supplier<Admin> factory;
    private final Set<TopicPartition> known = new HashSet<>();
    private @Nullable Admin admin;

    DeadLetterTopics(Supplier<Admin> factory) {
        this.factory = factory;
    }

    /** Makes what is missing, so that a letter can be sent to the partition of the same number. */
    void ensure(TopicPartition original) {
        if (known.contains(original)) {
            return;
        }
        String name = TopicNames.deadLetters(original.topic());
        int there = partitions(name);
        int needed = Math.max(partitions(original.topic()), original.partition() + 1);
        if (there == 0) {
            create(name, needed, settings(original.topic()));
        } else if (there <= original.partition()) {
            await(admin().createPartitions(Map.of(name, NewPartitions.increaseTo(needed)))
                    .all());
        }
        known.add(original);
    }

    /** To be called when sending has failed: the topics may be gone. */
    void forget() {
        known.clear();
    }

    private void create(String name, int partitions, Map<String, String> settings) {
        NewTopic topic = new NewTopic(name, Optional.of(partitions), Optional.empty()).configs(settings);
        try {
            await(admin().createTopics(List.of(topic)).all());
        } catch (PublishingException e) {
            // Another instance, or the producer-service, was faster.
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
    }

    private int partitions(String topic) {
        try {
            return await(admin().describeTopics(List.of(topic)).allTopicNames()).values().stream()
                    .mapToInt(description -> description.partitions().size())
                    .sum();
        } catch (PublishingException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return 0;
            }
            throw e;
        }
    }

    private Map<String, String> settings(String topic) {
        Map<String, String> settings = new HashMap<>();
        settings.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE);
        for (ConfigEntry entry : configuration(topic).entries()) {
            boolean own = entry.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG;
            if (own && INHERITED.contains(entry.name())) {
                settings.put(entry.name(), entry.value());
            }
        }
        settings.computeIfPresent(
                TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                (name, bytes) -> String.valueOf(Math.min(Integer.MAX_VALUE, Long.parseLong(bytes) + ROOM_FOR_HEADERS)));
        return settings;
    }

    private Config configuration(String topic) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try {
            return await(admin().describeConfigs(List.of(resource)).all())
                    .values()
                    .iterator()
                    .next();
        } catch (PublishingException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return new Config(List.of());
            }
            throw e;
        }
    }

    /** Made when it is first needed: that fails while Kafka's name cannot be resolved. */
    private Admin admin() {
        if (admin == null) {
            try {
                admin = factory.get();
            } catch (RuntimeException e) {
                throw new PublishingException(e);
            }
        }
        return admin;
    }

    private static <T> T await(KafkaFuture<T> answer) {
        try {
            return answer.get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new PublishingException(e.getCause());
        } catch (TimeoutException e) {
            throw new PublishingException("Kafka does not answer");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PublishingException(e);
        }
    }

    @Override
    public void close() {
        if (admin != null) {
            admin.close(Duration.ZERO);
        }
    }
}
