package dev.tidemark.producer.admin;

import dev.tidemark.model.TableId;
import dev.tidemark.producer.admin.TableView.Progress;
import dev.tidemark.producer.admin.TableView.State;
import dev.tidemark.producer.capture.Pipeline;
import dev.tidemark.producer.capture.PollStatus;
import dev.tidemark.producer.source.CapturedTable;
import dev.tidemark.producer.source.SourceTables;
import dev.tidemark.producer.source.TableRequests;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Puts together what the source and the poller know of the tables. */
@Component
class TableViews {

    private final SourceTables source;
    private final Pipeline pipeline;
    private final CaptureMonitor monitor;
    private final Supplier<PollStatus> poller;

    TableViews(SourceTables source, Pipeline pipeline, CaptureMonitor monitor, Supplier<PollStatus> poller) {
        this.source = source;
        this.pipeline = pipeline;
        this.monitor = monitor;
        this.poller = poller;
    }

    /** The tables that are captured, or ought to be, by name. */
    List<TableView> all() throws SQLException {
        Map<TableId, TableView> views = new TreeMap<>();
        for (CapturedTable table : source.captured()) {
            views.put(table.id(), view(table));
        }
        for (TableId table : wanted()) {
            views.computeIfAbsent(table, this::uncaptured);
        }
        return List.copyOf(views.values());
    }

    /** The tables of which changes are lost, or were and no snapshot has begun since, and why. */
    Map<String, String> losses() throws SQLException {
        Map<String, String> losses = new TreeMap<>();
        for (CapturedTable table : source.captured()) {
            if (Danger.isLoss(table)) {
                losses.put(table.id().toString(), String.valueOf(view(table).cause()));
            }
        }
        return losses;
    }

    /** A table that is captured, or about to be. */
    TableView one(TableId table) throws SQLException {
        for (CapturedTable captured : source.captured()) {
            if (captured.id().equals(table)) {
                return view(captured);
            }
        }
        return uncaptured(table);
    }

    TableView removed(TableId table) {
        return view(table, State.REMOVED, "its topic and the destination's table stay", null);
    }

    Set<TableId> wanted() throws SQLException {
        Set<TableId> wanted = TableRequests.wanted(pipeline.tables(), source.requests());
        wanted.remove(TableId.HEARTBEAT);
        return wanted;
    }

    private TableView view(CapturedTable table) {
        Snapshot known = monitor.snapshots().get(table.id().toString());
        Snapshot snapshot = known != null && known.hasBegun(table) ? known : null;
        Progress progress = snapshot == null ? null : Progress.of(snapshot, table.rows());
        String problem = monitor.problems().get(table.id().toString());
        boolean copied = snapshot != null && snapshot.complete();
        String danger = Danger.of(table, problem, snapshot != null);
        if (danger != null) {
            return view(table, State.UNPROTECTED, danger, progress);
        }
        if (problem != null) {
            return view(table, State.BLOCKED, problem, progress);
        }
        PollStatus status = poller.get();
        if (status.state() != PollStatus.State.RUNNING) {
            return view(table, State.WAITING, notRunning(status), progress);
        }
        if (snapshot == null) {
            return view(table, State.WAITING, "its snapshot has not begun", null);
        }
        return copied
                ? view(table, State.STREAMING, null, progress)
                : view(table, State.SNAPSHOTTING, Danger.beingMended(table), progress);
    }

    private TableView uncaptured(TableId table) {
        String problem = monitor.problems().get(table.toString());
        return problem == null
                ? view(table, State.WAITING, "the producer has not looked at it: " + notRunning(poller.get()), null)
                : view(table, State.BLOCKED, problem, null);
    }

    private TableView view(TableId table, State state, @Nullable String cause, @Nullable Progress snapshot) {
        return new TableView(table.toString(), pipeline.topics().of(table), state, cause, snapshot, null);
    }

    private TableView view(CapturedTable table, State state, @Nullable String cause, @Nullable Progress snapshot) {
        String topic = pipeline.topics().of(table.id());
        return new TableView(table.id().toString(), topic, state, cause, snapshot, TableChoice.of(table.options()));
    }

    private static String notRunning(PollStatus status) {
        return "the producer is " + status.state() + (status.problem() == null ? "" : ": " + status.problem());
    }
}
