package dev.tidemark.consumer.admin;

import static java.util.stream.Collectors.toMap;

import dev.tidemark.consumer.apply.OffsetMoves.Move;
import dev.tidemark.consumer.apply.OffsetStore;
import dev.tidemark.consumer.apply.OffsetStore.Stored;
import dev.tidemark.consumer.ingest.Topics;
import dev.tidemark.model.TopicNames;
import dev.tidemark.web.BadParameterException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Finds out what it would mean to move partitions of the pipeline. Changes nothing. */
final class OffsetPlanner {

    private final OffsetStore offsets;
    private final Topics topics;
    private final TopicNames names;

    OffsetPlanner(OffsetStore offsets, Topics topics, TopicNames names) {
        this.offsets = offsets;
        this.topics = topics;
        this.names = names;
    }

    /** Where a partition is to stand: at an offset, or at the first record that is not older than a time; if neither is said, at the earliest there is. */
    record Target(@Nullable Long offset, @Nullable Instant time) {

        static final Target EARLIEST = new Target(null, null);
    }

    /**
     * What a move means.
     *
     * @param earliest the first record that Kafka still has
     * @param latest where the next record will be
     */
    record Plan(Move move, long earliest, long latest) {

        /** How many records that are applied come again. */
        long again() {
            return Math.max(0, Math.min(move.from(), latest) - move.to());
        }

        /** How many records that Kafka has are never applied. */
        long skipped() {
            return Math.max(0, move.to() - Math.max(move.from(), earliest));
        }

        /** How many records before the new position cannot be had any more, however far one goes back. */
        long unreachable() {
            return move.to() == earliest ? earliest : Math.max(0, earliest - move.from());
        }
    }

    /** The partitions of this pipeline, whether Kafka still has them or not. */
    List<Stored> stored() throws SQLException {
        return offsets.all().stream()
                .filter(stored ->
                        names.tables().matcher(stored.partition().topic()).matches())
                .toList();
    }

    /** All partitions that Kafka has, to where it has the earliest record. */
    List<Plan> planAll() throws SQLException {
        Map<TopicPartition, Target> targets = new LinkedHashMap<>();
        List<Stored> stored = stored();
        Map<String, Topics.Description> found =
                describe(stored.stream().map(Stored::partition).toList());
        for (Stored one : stored) {
            if (found.containsKey(one.partition().topic())) {
                targets.put(one.partition(), Target.EARLIEST);
            }
        }
        return plan(targets);
    }

    List<Plan> plan(Map<TopicPartition, Target> targets) throws SQLException {
        if (targets.isEmpty()) {
            return List.of();
        }
        Map<TopicPartition, Stored> stored = stored().stream().collect(toMap(Stored::partition, one -> one));
        Map<String, Topics.Description> found = describe(targets.keySet());
        for (TopicPartition partition : targets.keySet()) {
            if (!stored.containsKey(partition) || !found.containsKey(partition.topic())) {
                throw Refusals.noPartition(partition);
            }
        }
        Map<TopicPartition, Long> begins = topics.begins(targets.keySet());
        Map<TopicPartition, Long> ends = topics.ends(targets.keySet());
        Map<TopicPartition, Long> timed = topics.at(times(targets));
        List<Plan> plans = new ArrayList<>();
        targets.forEach((partition, target) -> {
            long earliest = known(begins, partition);
            long latest = known(ends, partition);
            long to = target.time() != null
                    ? timed.getOrDefault(partition, latest)
                    : requireHeld(partition, target.offset() == null ? earliest : target.offset(), earliest, latest);
            plans.add(new Plan(
                    new Move(
                            partition,
                            known(found, partition.topic()).id(),
                            known(stored, partition).position().nextOffset(),
                            to),
                    earliest,
                    latest));
        });
        return plans;
    }

    private Map<String, Topics.Description> describe(Collection<TopicPartition> partitions) {
        return topics.describe(
                partitions.stream().map(TopicPartition::topic).distinct().toList());
    }

    private static Map<TopicPartition, Instant> times(Map<TopicPartition, Target> targets) {
        Map<TopicPartition, Instant> times = new HashMap<>();
        targets.forEach((partition, target) -> {
            if (target.time() != null) {
                times.put(partition, target.time());
            }
        });
        return times;
    }

    private static long requireHeld(TopicPartition partition, long offset, long earliest, long latest) {
        if (offset < earliest || offset > latest) {
            throw new BadParameterException(
                    "kafka_offset",
                    "%s has the offsets %d to %d, not %d".formatted(partition, earliest, latest, offset));
        }
        return offset;
    }

    private static <K, V> V known(Map<K, V> answers, K key) {
        return Objects.requireNonNull(answers.get(key), () -> "No answer for " + key);
    }
}
