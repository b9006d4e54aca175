package dev.tidemark.consumer.admin;

import static java.util.stream.Collectors.toSet;

import dev.tidemark.consumer.apply.OffsetStore;
import dev.tidemark.consumer.apply.OffsetStore.Stored;
import dev.tidemark.consumer.ingest.Topics;
import dev.tidemark.model.TopicNames;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What was in Kafka when a run began and is not applied yet. The destination is asked where the partitions stand, so which instance applies them makes no
 * difference.
 */
final class OnceBacklog {

    private final Topics topics;
    private final TopicNames names;
    private final OffsetStore offsets;
    private @Nullable Map<TopicPartition, Target> targets;

    OnceBacklog(Topics topics, TopicNames names, OffsetStore offsets) {
        this.topics = topics;
        this.names = names;
        this.offsets = offsets;
    }

    /** The end of a partition, and the topic that it is of: one of the same name that was made later does not count. */
    private record Target(String topicId, long end) {}

    /** Whether Kafka has topics of the pipeline; also if nobody has asked for the backlog yet. */
    boolean hasTopics() {
        return targets == null || !targets.isEmpty();
    }

    /** How many records are still to be applied, by partition; those of which none are left out. The first call says where the partitions end. */
    Map<String, Long> missing() throws SQLException {
        List<Stored> stored = offsets.all();
        Map<TopicPartition, Target> ends = targets == null ? readTargets(stored) : targets;
        targets = ends;
        Map<String, Long> missing = new TreeMap<>();
        ends.forEach((partition, target) -> {
            long position = position(stored, partition, target.topicId());
            if (position < target.end()) {
                missing.put(partition.toString(), target.end() - position);
            }
        });
        return missing;
    }

    private Map<TopicPartition, Target> readTargets(List<Stored> stored) {
        Map<TopicPartition, String> ids = new HashMap<>();
        topics.describe(ours()).forEach((topic, description) -> {
            for (int partition = 0; partition < description.partitions(); partition++) {
                ids.put(new TopicPartition(topic, partition), description.id());
            }
        });
        Map<TopicPartition, Target> ends = new HashMap<>();
        topics.ends(ids.keySet()).forEach((partition, end) -> {
            String id = String.valueOf(ids.get(partition));
            // Kafka has lost what is applied beyond the end: who applies will say so, this only must not pass for done.
            boolean lost = position(stored, partition, id) > end;
            ends.put(partition, new Target(id, lost ? Long.MAX_VALUE : end));
        });
        return ends;
    }

    private Set<String> ours() {
        return topics.names().stream()
                .filter(name -> names.tables().matcher(name).matches())
                .collect(toSet());
    }

    private static long position(List<Stored> stored, TopicPartition partition, String topicId) {
        for (Stored one : stored) {
            if (one.partition().equals(partition)) {
                boolean same = one.topicId() == null || one.topicId().equals(topicId);
                return same ? one.position().nextOffset() : 0;
            }
        }
        return 0;
    }
}
