package dev.tidemark.producer.admin;

import dev.tidemark.producer.capture.OffsetMoves;
import dev.tidemark.producer.capture.OffsetPlan;
import dev.tidemark.producer.capture.OffsetTarget;
import dev.tidemark.producer.capture.PollStatus;
import dev.tidemark.producer.publish.Intent;
import dev.tidemark.producer.publish.StoredState;
import dev.tidemark.producer.publish.TableProgress;
import dev.tidemark.web.BadParameterException;
import dev.tidemark.web.Caller;
import dev.tidemark.web.QueryParameters;
import dev.tidemark.web.Times;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code /admin/offsets}: up to where the change log is published, and how to go on from another place. With {@code dry-run=true} it is only told what a change would
 * mean, also while the producer is not paused.
 */
@RestController
@RequestMapping("/admin/offsets")
class OffsetsController {

    private static final String DRY_RUN = "dry-run";

    private static final Logger LOG = LoggerFactory.getLogger(OffsetsController.class);

    private final OffsetMoves moves;
    private final Supplier<PollStatus> poller;

    OffsetsController(OffsetMoves moves, Supplier<PollStatus> poller) {
        this.moves = moves;
        this.poller = poller;
    }

    /**
     * Where to go on from.
     *
     * @param to {@code earliest}, {@code latest} or a time
     */
    record Request(@Nullable String to) {}

    /**
     * What is stored in Kafka.
     *
     * @param position the snapshot up to which all is published, or null if nothing ever was
     */
    record Offset(long epoch, @Nullable String position, List<Table> tables) {}

    /** How far the snapshot of a table has come. */
    record Table(String table, long rows, boolean complete) {

        static Table of(TableProgress progress) {
            return new Table(progress.id().toString(), progress.rows(), progress.complete());
        }
    }

    /**
     * What a change means.
     *
     * @param from up to which snapshot all was published, or null if nothing ever was
     * @param to up to which it counts as published now
     * @param again how many changes are published again
     * @param retainedSince the oldest change that can be; null if there is none, or it does not matter
     */
    record Change(
            String message,
            @Nullable String from,
            String to,
            long again,
            @Nullable Instant retainedSince,
            List<ChangedTable> tables) {

        static Change of(String message, OffsetPlan plan) {
            return new Change(
                    message,
                    plan.from(),
                    plan.to(),
                    plan.again(),
                    plan.retainedSince(),
                    plan.tables().stream().map(ChangedTable::of).toList());
        }
    }

    /** @param newSnapshot why the table gets a new snapshot; null if its changes are just published again */
    record ChangedTable(String table, long again, @Nullable String newSnapshot) {

        static ChangedTable of(OffsetPlan.Table table) {
            return new ChangedTable(table.table().toString(), table.again(), table.newSnapshot());
        }
    }

    /** Tells up to where the change log is published. As it is stored in Kafka. */
    @GetMapping
    Offset offset(HttpServletRequest request) {
        QueryParameters.only(request);
        Refusals.refuseOnStandby(poller.get());
        StoredState stored = moves.current();
        Intent intent = stored.intent();
        return new Offset(
                stored.epoch(),
                intent == null ? null : intent.previous(),
                stored.tables().values().stream()
                        .map(Table::of)
                        .sorted(Comparator.comparing(Table::table))
                        .toList());
    }

    /** Publishes changes again. From the earliest that the log still has, or from a time on; only while the producer is paused. The tables are equal when it has caught up. */
    @PatchMapping
    Change move(@RequestBody Request body, HttpServletRequest request) throws Exception {
        boolean dryRun = QueryParameters.only(request, DRY_RUN).flag(DRY_RUN);
        return change(target(body.to()), dryRun, request);
    }

    /** Starts over. All tables get new snapshots, and the rows of the destination are replaced in place; only while the producer is paused. */
    @DeleteMapping
    Change startOver(HttpServletRequest request) throws Exception {
        boolean dryRun = QueryParameters.only(request, DRY_RUN).flag(DRY_RUN);
        return change(OffsetTarget.fresh(), dryRun, request);
    }

    private static OffsetTarget target(@Nullable String to) {
        if ("earliest".equals(to)) {
            return OffsetTarget.earliest();
        } else if ("latest".equals(to)) {
            return OffsetTarget.fresh();
        }
        try {
            return OffsetTarget.from(Times.parse(to == null ? "" : to));
        } catch (IllegalArgumentException e) {
            throw new BadParameterException(
                    "to",
                    "say where to go on from: earliest, latest (with new snapshots of all tables) or a time, as in {\"to\":\""
                            + Times.EXAMPLE + "\"}");
        }
    }

    private Change change(OffsetTarget target, boolean dryRun, HttpServletRequest request) throws Exception {
        Refusals.refuseOnStandby(poller.get());
        if (dryRun) {
            return Change.of("Nothing was changed: this is what would be", moves.plan(target));
        }
        OffsetPlan plan = moves.move(target);
        LOG.info(
                "Offset moved target={} from={} to={} again={} tables={} by={}",
                target,
                plan.from(),
                plan.to(),
                plan.again(),
                plan.tables(),
                Caller.of(request));
        return Change.of("The offset has been moved; it holds from POST /admin/resume on", plan);
    }
}
