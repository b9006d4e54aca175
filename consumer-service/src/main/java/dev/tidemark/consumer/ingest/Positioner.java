package dev.tidemark.consumer.ingest;

import dev.tidemark.consumer.apply.OffsetStore;
import dev.tidemark.consumer.apply.Position;
import dev.tidemark.consumer.apply.Problem;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Finds where partitions are to be read: where the destination says, and nowhere else. A position that the topic does not hold is an error, since going on
 * anywhere else would skip events in silence.
 */
final class Positioner {

    /**
     * How many records to look at before a position of which the last sequence is not known: more than what a producer that was replaced may have sent
     * before it noticed.
     */
    private static final int LOOK_BACK = 10_000;

    private final OffsetStore offsets;
    private final Topics topics;
    private final Duration timeout;

    Positioner(OffsetStore offsets, Topics topics, Duration timeout) {
        this.offsets = offsets;
        this.topics = topics;
        this.timeout = timeout;
    }

    /** A partition that can be read from its position on, or the reason why it cannot. */
    record Placed(@Nullable Feed feed, @Nullable Problem problem) {

        static Placed at(Feed feed) {
            return new Placed(feed, null);
        }

        static Placed nowhere(Throwable error) {
            return new Placed(null, Problem.of(error));
        }
    }

    Map<TopicPartition, Placed> place(Collection<TopicPartition> partitions, Consumer<?, ?> consumer) {
        Map<TopicPartition, Placed> placed = new HashMap<>();
        try {
            Map<TopicPartition, String> ids = ids(partitions, placed);
            Map<TopicPartition, Long> begins = consumer.beginningOffsets(ids.keySet(), timeout);
            Map<TopicPartition, Long> ends = consumer.endOffsets(ids.keySet(), timeout);
            Map<TopicPartition, Position> positions = offsets.claim(ids);
            ids.forEach((partition, id) -> placed.put(
                    partition,
                    place(
                            partition,
                            id,
                            known(positions, partition),
                            known(begins, partition),
                            known(ends, partition))));
        } catch (SQLException | RuntimeException e) {
            partitions.forEach(partition -> placed.putIfAbsent(partition, Placed.nowhere(e)));
        }
        return placed;
    }

    /**
     * Whether Kafka has deleted events that were not yet read, and the consumer was configured to go on behind them. Other gaps do not matter: compaction leaves
     * them where later events have made earlier ones pointless.
     */
    boolean hasLostEvents(Feed feed, List<ConsumerRecord<byte[], byte[]>> records, Consumer<?, ?> consumer) {
        if (records.get(0).offset() == feed.nextOffset()) {
            return false;
        }
        TopicPartition partition = feed.partition();
        return known(consumer.beginningOffsets(List.of(partition), timeout), partition) > feed.nextOffset();
    }

    /** Those of the partitions whose topic was deleted and made anew. While Kafka is away that is not known, and nothing is read either. */
    List<TopicPartition> ofFormerTopics(Collection<AssignedPartition> partitions) {
        List<Feed> feeds = partitions.stream()
                .map(AssignedPartition::feed)
                .filter(Objects::nonNull)
                .toList();
        try {
            var descriptions = topics.describe(
                    feeds.stream().map(Positioner::topic).distinct().toList());
            return feeds.stream()
                    .filter(feed -> {
                        Topics.Description now = descriptions.get(topic(feed));
                        return now != null && !now.id().equals(feed.topicId());
                    })
                    .map(Feed::partition)
                    .toList();
        } catch (KafkaUnavailableException e) {
            return List.of();
        }
    }

    private static String topic(Feed feed) {
        return feed.partition().topic();
    }

    private static <T> T known(Map<TopicPartition, T> answers, TopicPartition partition) {
        return Objects.requireNonNull(answers.get(partition), () -> "No answer for " + partition);
    }

    private Map<TopicPartition, String> ids(Collection<TopicPartition> partitions, Map<TopicPartition, Placed> placed) {
        var descriptions = topics.describe(
                partitions.stream().map(TopicPartition::topic).distinct().toList());
        Map<TopicPartition, String> ids = new HashMap<>();
        for (TopicPartition partition : partitions) {
            Topics.Description topic = descriptions.get(partition.topic());
            if (topic == null) {
                placed.put(
                        partition,
                        Placed.nowhere(new UnusablePositionException(
                                "Kafka does not have the topic " + partition.topic() + " any more")));
            } else {
                ids.put(partition, topic.id());
            }
        }
        return ids;
    }

    private static long lookBack(Position position, long begin) {
        return position.lastSequence() == Position.NO_SEQUENCE
                ? Math.max(begin, position.nextOffset() - LOOK_BACK)
                : position.nextOffset();
    }

    private static Placed place(TopicPartition partition, String topicId, Position position, long begin, long end) {
        if (position.nextOffset() < begin) {
            return Placed.nowhere(new UnusablePositionException(
                    "%s is applied up to offset %d, but Kafka has deleted what is before %d: events are lost. %s"
                            .formatted(partition, position.nextOffset(), begin, goOn(partition, begin))));
        }
        if (position.nextOffset() > end) {
            return Placed.nowhere(new UnusablePositionException(
                    "%s is applied up to offset %d, but ends at %d: Kafka has lost events. %s"
                            .formatted(partition, position.nextOffset(), end, goOn(partition, end))));
        }
        return Placed.at(new Feed(partition, topicId, position, lookBack(position, begin)));
    }

    /** The calls that somebody has to make, since what is lost can be had by a snapshot only. */
    private static String goOn(TopicPartition partition, long offset) {
        return ("Take a new snapshot of the table, by POST /admin/snapshots of the producer, and let the partition go on: POST /admin/pause, PATCH /admin/offsets with"
                        + " {\"offsets\":[{\"partition\":{\"kafka_topic\":\"%s\",\"kafka_partition\":%d},\"offset\":{\"kafka_offset\":%d}}]}, POST /admin/resume")
                .formatted(partition.topic(), partition.partition(), offset);
    }
}
