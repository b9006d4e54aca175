package dev.tidemark.producer.publish;

import dev.tidemark.model.BrokerAddress;
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
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
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
     * @param ordered whether the order of events counts beyond the single row, so that a new topic gets one partition
     * @return the table's topic
     */
    TableTopic ensureEvents(String topic, String deadLetters, boolean ordered) {
        TableTopic made = ensure(topic, ordered ? 1 : properties.partitions(), events(properties.retention()));
        ensure(deadLetters, made.partitions(), events(properties.deadLetterRetention()));
        return made;
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
                1,
                Map.of(
                        TopicConfig.CLEANUP_POLICY_CONFIG,
                        TopicConfig.CLEANUP_POLICY_COMPACT,
                        TopicConfig.SEGMENT_BYTES_CONFIG,
                        OFFSETS_SEGMENT_BYTES,
                        TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG,
                        "0.1"));
    }

    /** @throws TopicRefusedException if it cannot be made, or may not be written: what is sent there would hold up all that comes after */
    private TableTopic ensure(String topic, int partitions, Map<String, String> settings) {
        TopicDescription known = describe(List.of(topic)).get(topic);
        if (known != null) {
            return writable(known);
        }
        TableTopic created = create(topic, partitions, settings);
        TopicDescription made = describe(List.of(topic)).get(topic);
        if (made != null) {
            return writable(made);
        } else if (created != null) {
            return created; // not every broker knows of it yet
        }
        throw new KafkaUnavailableException("The topic " + topic + " was made and deleted", null);
    }

    private static TableTopic writable(TopicDescription topic) {
        // Null where the broker does not tell.
        if (topic.authorizedOperations() != null
                && !topic.authorizedOperations().contains(AclOperation.WRITE)) {
            throw new TopicRefusedException(
                    "The topic " + topic.name()
                            + " may not be written: the producer's Kafka user lacks the right WRITE",
                    null);
        }
        return table(topic);
    }

    /** @return null if somebody else has made it meanwhile; a broker may do so by itself */
    private @Nullable TableTopic create(String topic, int partitions, Map<String, String> settings) {
        NewTopic wanted = new NewTopic(topic, Optional.of(partitions), Optional.of(properties.replicationFactor()))
                .configs(settings);
        try {
            Uuid id = await(client().createTopics(List.of(wanted)).topicId(topic), timeoutMillis);
            return new TableTopic(id.toString(), partitions);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TopicExistsException) {
                return null;
            }
            throw failure("The topic " + topic + " cannot be made", e.getCause());
        }
    }

    /** @return those of the topics that exist */
    Map<String, TableTopic> look(Collection<String> topics) {
        Map<String, TableTopic> found = new HashMap<>();
        describe(topics).forEach((topic, description) -> found.put(topic, table(description)));
        return found;
    }

    private Map<String, TopicDescription> describe(Collection<String> topics) {
        Map<String, TopicDescription> found = new HashMap<>();
        DescribeTopicsOptions options = new DescribeTopicsOptions().includeAuthorizedOperations(true);
        client().describeTopics(topics, options).topicNameValues().forEach((topic, description) -> {
            try {
                found.put(topic, await(description, LOOK_UP_MILLIS));
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw failure("The topic " + topic + " cannot be seen", e.getCause());
                }
            }
        });
        return found;
    }

    private static TableTopic table(TopicDescription topic) {
        return new TableTopic(topic.topicId().toString(), topic.partitions().size());
    }

    /** Whether it lies in the topic (its name, a right, a policy) or in Kafka. */
    private static KafkaUnavailableException failure(String message, @Nullable Throwable cause) {
        boolean ofTheTopic = cause instanceof ApiException
                && !(cause instanceof RetriableException)
                && !(cause instanceof AuthenticationException);
        return ofTheTopic ? new TopicRefusedException(message, cause) : new KafkaUnavailableException(message, cause);
    }

    private synchronized Admin client() {
        if (client == null) {
            client = Admin.create(admin.getConfigurationProperties());
        }
        return client;
    }

    private <T> T await(KafkaFuture<T> answer, long timeoutMillis) throws ExecutionException {
        try {
            return answer.get(timeoutMillis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new KafkaUnavailableException(BrokerAddress.unanswered(admin.getConfigurationProperties()), e);
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
