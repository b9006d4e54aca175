package dev.tidemark.consumer.admin;

import dev.tidemark.consumer.apply.OffsetStore;
import dev.tidemark.consumer.apply.OffsetStore.Stored;
import dev.tidemark.consumer.apply.Problem;
import dev.tidemark.consumer.ingest.PipelineStatus;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/** {@code GET /actuator/offset}: how far each partition is applied. */
@Endpoint(id = "offset")
final class OffsetEndpoint {

    private final OffsetStore offsets;
    private final PipelineStatus status;

    OffsetEndpoint(OffsetStore offsets, PipelineStatus status) {
        this.offsets = offsets;
        this.status = status;
    }

    /** @param error why the destination could not be asked; the partitions are then those of this instance, as it knew them last */
    record Offsets(List<Offset> partitions, @Nullable String error) {}

    record Offset(
            String topic,
            int partition,
            long nextOffset,
            @Nullable Long lastSequence,
            @Nullable Instant appliedAt) {

        static Offset of(
                TopicPartition partition, dev.tidemark.consumer.apply.Position position, @Nullable Instant appliedAt) {
            Long lastSequence = position.lastSequence() < 0 ? null : position.lastSequence();
            return new Offset(partition.topic(), partition.partition(), position.nextOffset(), lastSequence, appliedAt);
        }
    }

    @ReadOperation
    Offsets offsets() {
        try {
            return new Offsets(
                    offsets.all().stream().map(OffsetEndpoint::offset).toList(), null);
        } catch (SQLException e) {
            return new Offsets(known(), Problem.of(e).message());
        }
    }

    private static Offset offset(Stored stored) {
        return Offset.of(stored.partition(), stored.position(), stored.appliedAt());
    }

    private List<Offset> known() {
        return status.partitions().entrySet().stream()
                .filter(entry -> entry.getValue().position() != null)
                .map(entry -> Offset.of(entry.getKey(), entry.getValue().position(), null))
                .toList();
    }
}
