package dev.tidemark.consumer.admin;

import dev.tidemark.consumer.apply.Control;
import dev.tidemark.consumer.apply.Problem;
import dev.tidemark.consumer.ingest.PartitionStatus;
import dev.tidemark.consumer.ingest.PipelineStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Up when changes flow: nobody has paused them, the destination and Kafka are there, every partition goes on, and no batch takes for ever. */
final class PipelineHealth implements HealthIndicator {

    private final PipelineStatus status;
    private final Obstacles obstacles;

    PipelineHealth(PipelineStatus status, Obstacles obstacles) {
        this.status = status;
        this.obstacles = obstacles;
    }

    @Override
    public Health health() {
        Map<String, Object> reasons = new LinkedHashMap<>();
        Control control = status.control();
        if (control.paused()) {
            reasons.put("paused", control.words());
        }
        reasons.putAll(obstacles.all());
        List<Map<String, Object>> blocked = blocked();
        if (!blocked.isEmpty()) {
            reasons.put("partitions", blocked);
        }
        return (reasons.isEmpty() ? Health.up() : Health.down())
                .withDetail("assignedPartitions", status.partitions().size())
                .withDetails(reasons)
                .build();
    }

    private List<Map<String, Object>> blocked() {
        List<Map<String, Object>> blocked = new ArrayList<>();
        status.partitions().forEach((partition, known) -> {
            if (known.problem() != null) {
                blocked.add(details(partition, known, known.problem()));
            } else if (known.position() == null && !status.control().paused()) {
                blocked.add(Map.of(
                        "topic",
                        partition.topic(),
                        "partition",
                        partition.partition(),
                        "message",
                        "its position is being looked for"));
            }
        });
        return blocked;
    }

    private static Map<String, Object> details(TopicPartition partition, PartitionStatus known, Problem problem) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("topic", partition.topic());
        details.put("partition", partition.partition());
        details.put("kind", problem.kind());
        details.put("table", problem.table() == null ? null : problem.table().toString());
        details.put("key", problem.key() == null ? null : problem.key().json());
        details.put("offset", problem.offset() < 0 ? null : problem.offset());
        details.put("sqlState", problem.sqlState());
        details.put("message", problem.message());
        details.put("since", known.since());
        details.put("failures", known.failures());
        details.values().removeIf(value -> value == null);
        return details;
    }
}
