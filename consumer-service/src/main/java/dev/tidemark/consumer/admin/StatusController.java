package dev.tidemark.consumer.admin;

import static java.util.stream.Collectors.toMap;

import dev.tidemark.consumer.admin.StatusView.Blocked;
import dev.tidemark.consumer.admin.StatusView.Other;
import dev.tidemark.consumer.admin.StatusView.Partition;
import dev.tidemark.consumer.admin.StatusView.PartitionState;
import dev.tidemark.consumer.admin.StatusView.Paused;
import dev.tidemark.consumer.apply.Control;
import dev.tidemark.consumer.apply.OffsetStore;
import dev.tidemark.consumer.apply.OffsetStore.Stored;
import dev.tidemark.consumer.apply.Position;
import dev.tidemark.consumer.apply.Problem;
import dev.tidemark.consumer.apply.Targets;
import dev.tidemark.consumer.ingest.KafkaUnavailableException;
import dev.tidemark.consumer.ingest.PartitionStatus;
import dev.tidemark.consumer.ingest.PipelineStatus;
import dev.tidemark.consumer.ingest.Topics;
import dev.tidemark.web.QueryParameters;
import jakarta.servlet.http.HttpServletRequest;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code GET /admin/status}: how this instance is, on one page. It answers whatever is away, with what is known then. */
@RestController
@RequestMapping("/admin/status")
class StatusController {

    private final PipelineStatus status;
    private final Obstacles obstacles;
    private final OffsetStore offsets;
    private final Topics topics;
    private final Targets targets;
    private final Instance instance;
    private final String group;

    StatusController(
            PipelineStatus status,
            Obstacles obstacles,
            OffsetStore offsets,
            Topics topics,
            Targets targets,
            Instance instance,
            KafkaProperties kafka) {
        this.status = status;
        this.obstacles = obstacles;
        this.offsets = offsets;
        this.topics = topics;
        this.targets = targets;
        this.instance = instance;
        this.group = Objects.requireNonNull(kafka.getConsumer().getGroupId());
    }

    /** Tells how this instance is. All on one page, and answered whatever is away. */
    @GetMapping
    StatusView status(HttpServletRequest request) {
        QueryParameters.only(request);
        List<String> errors = new ArrayList<>();
        Map<TopicPartition, PartitionStatus> assigned = status.partitions();
        Map<TopicPartition, Stored> stored = assigned.isEmpty() ? Map.of() : stored(errors);
        Map<TopicPartition, Long> ends = ends(assigned.keySet(), errors);
        List<Other> others = ends == null ? List.of() : others(assigned.keySet(), errors);
        List<Partition> partitions = partitions(assigned, stored, ends == null ? Map.of() : ends);
        Map<String, String> cause = obstacles.all(); // after asking, which may have taken seconds in vain
        Control control = status.control();
        return new StatusView(
                State.of(status, cause),
                cause,
                control.paused() ? new Paused(control.by(), control.at()) : null,
                instance.name(),
                instance.version(),
                instance.commit(),
                lag(partitions),
                partitions,
                ignoredColumns(),
                others,
                status.lastError(),
                errors.isEmpty() ? null : String.join("; ", errors));
    }

    private Map<String, Set<String>> ignoredColumns() {
        Map<String, Set<String>> columns = new TreeMap<>();
        targets.ignored().forEach((table, names) -> columns.put(table.toString(), new TreeSet<>(names)));
        return columns;
    }

    private List<Other> others(Set<TopicPartition> own, List<String> errors) {
        try {
            return topics.members(group).stream()
                    .filter(member -> !own.containsAll(member.partitions()))
                    .map(Other::of)
                    .toList();
        } catch (KafkaUnavailableException e) {
            errors.add(String.valueOf(e.getMessage()));
            return List.of();
        }
    }

    private static @Nullable Long lag(List<Partition> partitions) {
        long sum = 0;
        for (Partition partition : partitions) {
            if (partition.lag() == null) {
                return null;
            }
            sum += partition.lag();
        }
        return sum;
    }

    private List<Partition> partitions(
            Map<TopicPartition, PartitionStatus> assigned,
            Map<TopicPartition, Stored> stored,
            Map<TopicPartition, Long> ends) {
        return assigned.entrySet().stream()
                .map(entry -> partition(
                        entry.getKey(), entry.getValue(), stored.get(entry.getKey()), ends.get(entry.getKey())))
                .toList();
    }

    private Map<TopicPartition, Stored> stored(List<String> errors) {
        if (isKnown(status.destination(), errors)) {
            return Map.of();
        }
        try {
            return offsets.all().stream().collect(toMap(Stored::partition, one -> one));
        } catch (SQLException e) {
            errors.add("The destination does not answer: " + Problem.of(e).message());
            return Map.of();
        }
    }

    /** Null if Kafka does not answer, so that it is not asked for anything else: that would take as long once more. */
    private @Nullable Map<TopicPartition, Long> ends(Set<TopicPartition> partitions, List<String> errors) {
        if (isKnown(status.broker(), errors)) {
            return null;
        }
        try {
            return partitions.isEmpty() ? Map.of() : topics.ends(partitions);
        } catch (KafkaUnavailableException e) {
            errors.add(String.valueOf(e.getMessage()));
            return null;
        }
    }

    /** Nobody is asked who is known not to answer: that would keep the caller waiting. */
    private static boolean isKnown(@Nullable Problem problem, List<String> errors) {
        if (problem != null) {
            errors.add(problem.message());
        }
        return problem != null;
    }

    /** What is stored counts: offsets may have been moved since this instance knew them. */
    private Partition partition(
            TopicPartition partition, PartitionStatus known, @Nullable Stored stored, @Nullable Long end) {
        Position position = stored == null ? known.position() : stored.position();
        Long next = position == null ? null : position.nextOffset();
        return new Partition(
                partition.topic(),
                partition.partition(),
                state(known),
                next,
                end,
                next == null || end == null ? null : Math.max(0, end - next),
                position == null || position.lastSequence() < 0 ? null : position.lastSequence(),
                stored == null ? null : stored.appliedAt(),
                Blocked.of(known));
    }

    private PartitionState state(PartitionStatus known) {
        if (status.control().paused()) {
            return PartitionState.PAUSED;
        } else if (known.problem() != null) {
            return PartitionState.BLOCKED;
        }
        return known.position() == null ? PartitionState.STARTING : PartitionState.STREAMING;
    }
}
