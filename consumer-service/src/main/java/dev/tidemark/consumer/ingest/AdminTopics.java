package dev.tidemark.consumer.ingest;

import static java.util.stream.Collectors.toMap;

import dev.tidemark.model.BrokerAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** Asks Kafka by an admin client, which is made when it is first needed: that fails while Kafka's name cannot be resolved. Safe for use by several threads. */
final class AdminTopics implements Topics, AutoCloseable {

    private final Map<String, Object> configuration;
    private final Duration timeout;
    private @Nullable Admin admin;

    /** @param configuration of the admin client */
    AdminTopics(Map<String, Object> configuration, Duration timeout) {
        this.configuration = configuration;
        this.timeout = timeout;
    }

    @Override
    public Set<String> names() {
        return await(admin().listTopics().names());
    }

    @Override
    public Map<String, Description> describe(Collection<String> topics) {
        Map<String, Description> found = new HashMap<>();
        admin().describeTopics(topics).topicNameValues().forEach((topic, future) -> {
            try {
                var description = await(future);
                found.put(
                        topic,
                        new Description(
                                description.topicId().toString(),
                                description.partitions().size()));
            } catch (KafkaUnavailableException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e;
                }
            }
        });
        return found;
    }

    @Override
    public Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions) {
        return offsets(partitions.stream().collect(toMap(partition -> partition, partition -> OffsetSpec.latest())));
    }

    @Override
    public Map<TopicPartition, Long> begins(Collection<TopicPartition> partitions) {
        return offsets(partitions.stream().collect(toMap(partition -> partition, partition -> OffsetSpec.earliest())));
    }

    @Override
    public Map<TopicPartition, Long> at(Map<TopicPartition, Instant> times) {
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        times.forEach((partition, time) -> wanted.put(partition, OffsetSpec.forTimestamp(time.toEpochMilli())));
        return offsets(wanted);
    }

    private Map<TopicPartition, Long> offsets(Map<TopicPartition, OffsetSpec> wanted) {
        Map<TopicPartition, Long> found = new HashMap<>();
        await(admin().listOffsets(wanted).all()).forEach((partition, result) -> {
            if (result.offset() >= 0) {
                found.put(partition, result.offset());
            }
        });
        return found;
    }

    @Override
    public List<Member> members(String group) {
        try {
            return await(admin().describeConsumerGroups(List.of(group)).all()).values().stream()
                    .flatMap(description -> description.members().stream())
                    .map(AdminTopics::member)
                    .toList();
        } catch (KafkaUnavailableException e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                return List.of();
            }
            throw e;
        }
    }

    private static Member member(MemberDescription member) {
        String host = member.host();
        return new Member(
                member.clientId(),
                host.startsWith("/") ? host.substring(1) : host,
                member.assignment().topicPartitions());
    }

    @Override
    public void check() {
        await(admin().describeCluster().nodes());
    }

    private synchronized Admin admin() {
        if (admin == null) {
            try {
                admin = Admin.create(configuration);
            } catch (RuntimeException e) {
                throw unavailable(e);
            }
        }
        return admin;
    }

    private <T> T await(KafkaFuture<T> answer) {
        try {
            return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw unavailable(e.getCause());
        } catch (TimeoutException e) {
            throw unavailable(null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable(e);
        }
    }

    private KafkaUnavailableException unavailable(@Nullable Throwable cause) {
        return new KafkaUnavailableException(BrokerAddress.unanswered(configuration), cause);
    }

    @Override
    public synchronized void close() {
        if (admin != null) {
            admin.close(Duration.ZERO);
        }
    }
}
