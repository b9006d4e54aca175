package dev.tidemark.consumer.admin;

import dev.tidemark.consumer.apply.Position;
import dev.tidemark.consumer.ingest.KafkaUnavailableException;
import dev.tidemark.consumer.ingest.PipelineStatus;
import dev.tidemark.consumer.ingest.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/** {@code GET /actuator/lag}: what this instance has still to apply, and how long lately changes took from the source to the destination. */
@Endpoint(id = "lag")
final class LagEndpoint {

    private final PipelineStatus status;
    private final Topics topics;
    private final ConsumerMeters meters;

    LagEndpoint(PipelineStatus status, Topics topics, ConsumerMeters meters) {
        this.status = status;
        this.topics = topics;
        this.meters = meters;
    }

    /**
     * @param records how many records of all partitions are not applied; null if that is not known
     * @param error why it is not known
     */
    record Lag(
            @Nullable Long records,
            List<PartitionLag> partitions,
            List<Delay> delays,
            @Nullable String error) {}

    /** @param records how many records are not applied; markers count as records */
    record PartitionLag(
            String topic,
            int partition,
            @Nullable Long nextOffset,
            @Nullable Long endOffset,
            @Nullable Long records) {}

    @ReadOperation
    Lag lag() {
        var partitions = status.partitions();
        try {
            Map<TopicPartition, Long> ends = partitions.isEmpty() ? Map.of() : topics.ends(partitions.keySet());
            return lag(ends, null);
        } catch (KafkaUnavailableException e) {
            return lag(Map.of(), e.getMessage());
        }
    }

    private Lag lag(Map<TopicPartition, Long> ends, @Nullable String error) {
        List<PartitionLag> lags = new ArrayList<>();
        status.partitions()
                .forEach((partition, known) -> lags.add(lag(partition, known.position(), ends.get(partition))));
        boolean complete = error == null && lags.stream().allMatch(lag -> lag.records() != null);
        Long sum = complete
                ? lags.stream()
                        .mapToLong(lag -> lag.records() == null ? 0 : lag.records())
                        .sum()
                : null;
        return new Lag(sum, lags, meters.delays(), error);
    }

    private static PartitionLag lag(TopicPartition partition, @Nullable Position position, @Nullable Long end) {
        Long next = position == null ? null : position.nextOffset();
        Long records = next == null || end == null ? null : Math.max(0, end - next);
        return new PartitionLag(partition.topic(), partition.partition(), next, end, records);
    }
}
