package dev.tidemark.consumer.admin;

import dev.tidemark.consumer.apply.OffsetStore;
import dev.tidemark.consumer.apply.OffsetStore.Stored;
import dev.tidemark.consumer.apply.Position;
import dev.tidemark.consumer.ingest.KafkaUnavailableException;
import dev.tidemark.consumer.ingest.PartitionStatus;
import dev.tidemark.consumer.ingest.PipelineStatus;
import dev.tidemark.consumer.ingest.Topics;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks Kafka and the destination now and then about this instance's partitions, so that a scrape asks nobody. All but {@link #look} may be called by any thread. */
final class TopicWatch {

    private static final Logger log = LoggerFactory.getLogger(TopicWatch.class);

    private final PipelineStatus status;
    private final Topics topics;
    private final OffsetStore offsets;
    private volatile Map<TopicPartition, Long> ends = Map.of();
    private volatile Map<TopicPartition, Instant> appliedAt = Map.of();

    TopicWatch(PipelineStatus status, Topics topics, OffsetStore offsets) {
        this.status = status;
        this.topics = topics;
        this.offsets = offsets;
    }

    /** Asks. Where the ends of topics cannot be known they are not; when something was applied last stays as it was while the destination is away. */
    void look() {
        Map<TopicPartition, PartitionStatus> partitions = status.partitions();
        if (partitions.isEmpty()) {
            return;
        }
        try {
            ends = topics.ends(partitions.keySet());
        } catch (KafkaUnavailableException e) {
            log.debug("The ends of topics are not known", e);
            ends = Map.of();
        }
        try {
            Map<TopicPartition, Instant> known = new HashMap<>();
            for (Stored stored : offsets.all()) {
                known.put(stored.partition(), stored.appliedAt());
            }
            appliedAt = known;
        } catch (SQLException e) {
            log.debug("The offsets are not known", e);
        }
    }

    /** How many records of a partition of this instance are not applied; NaN if that is not known. */
    double lag(TopicPartition partition) {
        PartitionStatus known = status.of(partition);
        Position position = known == null ? null : known.position();
        Long end = ends.get(partition);
        return end == null || position == null ? Double.NaN : Math.max(0, end - position.nextOffset());
    }

    /** When something of a partition was applied last, in seconds since 1970; NaN if it never was, as far as is known. */
    double appliedSeconds(TopicPartition partition) {
        Instant at = appliedAt.get(partition);
        return at == null ? Double.NaN : at.toEpochMilli() / 1000.0;
    }
}
