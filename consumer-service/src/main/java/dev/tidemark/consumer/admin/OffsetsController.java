package dev.tidemark.consumer.admin;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tidemark.consumer.admin.OffsetPlanner.Plan;
import dev.tidemark.consumer.apply.OffsetMoves;
import dev.tidemark.consumer.apply.OffsetMoves.Move;
import dev.tidemark.web.Caller;
import dev.tidemark.web.QueryParameters;
import jakarta.servlet.http.HttpServletRequest;
import java.sql.SQLException;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code GET}, {@code PATCH} and {@code DELETE /admin/offsets}: where the pipeline's partitions stand at the destination, of all instances, in the shape that
 * Kafka Connect has for the offsets of a sink. With {@code dry-run=true} it is only told what a change would mean, also while the group is not paused.
 */
@RestController
@RequestMapping("/admin/offsets")
class OffsetsController {

    private static final String DRY_RUN = "dry-run";

    private static final Logger log = LoggerFactory.getLogger(OffsetsController.class);

    private final OffsetPlanner planner;
    private final OffsetMoves moves;

    OffsetsController(OffsetPlanner planner, OffsetMoves moves) {
        this.planner = planner;
        this.moves = moves;
    }

    record Partition(
            @JsonProperty("kafka_topic") String topic,
            @JsonProperty("kafka_partition") int number) {

        static Partition of(TopicPartition partition) {
            return new Partition(partition.topic(), partition.partition());
        }
    }

    record Offset(@JsonProperty("kafka_offset") long next) {}

    record PartitionOffset(Partition partition, Offset offset) {}

    record Offsets(List<PartitionOffset> offsets) {}

    /**
     * @param offset where it stands now, or would
     * @param from where it stood, or stands
     * @param again how many records will be applied again
     * @param skipped how many records will never be applied
     * @param unreachable how many records before cannot be had, since Kafka has deleted them
     */
    record Change(
            Partition partition,
            Offset offset,
            long from,
            long again,
            long skipped,
            long unreachable,
            long earliest,
            long latest) {

        static Change of(Plan plan) {
            Move move = plan.move();
            return new Change(
                    Partition.of(move.partition()),
                    new Offset(move.to()),
                    move.from(),
                    plan.again(),
                    plan.skipped(),
                    plan.unreachable(),
                    plan.earliest(),
                    plan.latest());
        }
    }

    record Changes(String message, List<Change> offsets) {}

    /** Tells up to where each partition is applied. Of all instances, as it is stored at the destination. */
    @GetMapping
    Offsets all(HttpServletRequest request) throws SQLException {
        QueryParameters.only(request);
        return new Offsets(planner.stored().stream()
                .map(stored -> new PartitionOffset(
                        Partition.of(stored.partition()),
                        new Offset(stored.position().nextOffset())))
                .toList());
    }

    /** Moves offsets. To apply records again, or to leave some out; only while the consumers are paused. */
    @PatchMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    Changes alter(@RequestBody(required = false) @Nullable String body, HttpServletRequest request)
            throws SQLException {
        boolean dryRun = QueryParameters.only(request, DRY_RUN).flag(DRY_RUN);
        return change(planner.plan(OffsetsBody.targets(body)), dryRun, request);
    }

    /** Moves all offsets to the earliest. All that Kafka has is applied again; only while the consumers are paused. */
    @DeleteMapping
    Changes reset(HttpServletRequest request) throws SQLException {
        boolean dryRun = QueryParameters.only(request, DRY_RUN).flag(DRY_RUN);
        return change(planner.planAll(), dryRun, request);
    }

    private Changes change(List<Plan> plans, boolean dryRun, HttpServletRequest request) throws SQLException {
        List<Change> changes = plans.stream().map(Change::of).toList();
        if (dryRun) {
            return new Changes("Nothing was changed: this is what would be", changes);
        }
        moves.move(plans.stream().map(Plan::move).toList());
        String who = Caller.of(request);
        for (Plan plan : plans) {
            log.info(
                    "Offset moved partition={} from={} to={} again={} skipped={} by={}",
                    plan.move().partition(),
                    plan.move().from(),
                    plan.move().to(),
                    plan.again(),
                    plan.skipped(),
                    who);
        }
        return new Changes("The offsets have been moved; they hold from POST /admin/resume on", changes);
    }
}
