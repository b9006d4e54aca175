package dev.tidemark.producer.admin;

import static java.util.stream.Collectors.toMap;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tidemark.model.TableId;
import dev.tidemark.producer.capture.PollStatus;
import dev.tidemark.producer.source.BadKeyException;
import dev.tidemark.producer.source.CapturedTable;
import dev.tidemark.producer.source.SourceTables;
import dev.tidemark.producer.source.UnknownTableException;
import dev.tidemark.web.BadParameterException;
import dev.tidemark.web.Caller;
import dev.tidemark.web.QueryParameters;
import jakarta.servlet.http.HttpServletRequest;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** {@code /admin/snapshots}: how far the snapshots are, and new ones for tables that are captured. */
@RestController
@RequestMapping("/admin/snapshots")
class SnapshotsController {

    private static final Logger LOG = LoggerFactory.getLogger(SnapshotsController.class);

    private final SourceTables source;
    private final TableViews views;
    private final CaptureMonitor monitor;
    private final Supplier<PollStatus> poller;

    SnapshotsController(SourceTables source, TableViews views, CaptureMonitor monitor, Supplier<PollStatus> poller) {
        this.source = source;
        this.views = views;
        this.monitor = monitor;
        this.poller = poller;
    }

    /**
     * What to copy anew.
     *
     * @param tables the tables, as SQL names them
     * @param after the key behind which a part of one table begins, which itself is not copied; without it the part begins with the table
     * @param upTo the last key of the part; without it the part ends with the table
     */
    record Request(
            @Nullable List<@Nullable String> tables,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Map<String, @Nullable Object> after,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Map<String, @Nullable Object> upTo) {

        boolean isOfPart() {
            return after != null || upTo != null;
        }
    }

    /** The tables with the progress of their last snapshots. */
    record Snapshots(List<TableView> snapshots) {}

    /** Tells how far the snapshots are. All tables, with the progress of the last snapshot of each. */
    @GetMapping
    Snapshots all(HttpServletRequest request) throws SQLException {
        QueryParameters.only(request);
        Refusals.refuseOnStandby(poller.get());
        return new Snapshots(views.all());
    }

    /**
     * Copies tables anew, or a part of one. All of those named or none, one after the other; writers do not notice, changes go on being published, and rows of the destination that the source
     * does not have are deleted. A snapshot that is under way begins anew.
     */
    @PostMapping
    @ResponseStatus(HttpStatus.ACCEPTED)
    Snapshots start(@RequestBody Request body, HttpServletRequest request) throws SQLException {
        QueryParameters.only(request);
        List<TableId> tables = TableNames.parseAll("tables", body.tables());
        Refusals.refuseOnStandby(poller.get());
        List<CapturedTable> captured = captured(tables);
        String who = Caller.of(request);
        if (body.isOfPart()) {
            copyPart(captured, body);
            LOG.info("A new snapshot of a part of {} was asked for by {}", tables, who);
        } else {
            source.copyAnew(tables);
            LOG.info("New snapshots of {} were asked for by {}", tables, who);
        }
        Set<String> names = new HashSet<>(tables.stream().map(TableId::toString).toList());
        return new Snapshots(views.all().stream()
                .filter(view -> names.contains(view.table()))
                .toList());
    }

    private void copyPart(List<CapturedTable> tables, Request body) throws SQLException {
        if (tables.size() > 1) {
            throw new BadParameterException(
                    "tables", "only one table can be copied in part: after and upTo are keys of it");
        }
        Map<String, String> after = KeyValues.texts("after", body.after());
        Map<String, String> upTo = KeyValues.texts("upTo", body.upTo());
        CapturedTable table = tables.get(0);
        requireDone(table);
        try {
            source.copyRangeAnew(table.id(), after, upTo);
        } catch (BadKeyException e) {
            throw new BadParameterException(e.name(), String.valueOf(e.getMessage()));
        }
    }

    /** A part mends nothing of a table that is not there as a whole, and must not end a copy of all of it. */
    private void requireDone(CapturedTable table) {
        Snapshot known = monitor.snapshots().get(table.id().toString());
        if (known == null || !known.isDone(table)) {
            throw Refusals.beingCopied(table.id());
        }
        if (!table.protection().missed().isEmpty()) {
            throw Refusals.incomplete(table.id());
        }
    }

    /** Cancels a snapshot. A copy that was asked for, and has not begun or not come to its end, is left; changes go on being published. */
    @DeleteMapping("/{table}")
    TableView cancel(@PathVariable String table, HttpServletRequest request) throws SQLException {
        QueryParameters.only(request);
        TableId id = TableNames.ofPath(table);
        Refusals.refuseOnStandby(poller.get());
        CapturedTable captured = captured(List.of(id)).get(0);
        if (captured.copyAt() != null) {
            requireCopied(captured);
            source.cancelCopy(id);
            LOG.info("The snapshot of {} was cancelled by {}", id, Caller.of(request));
        }
        return views.one(id);
    }

    /** Without its first snapshot a table would be incomplete for ever. */
    private void requireCopied(CapturedTable table) {
        Snapshot known = monitor.snapshots().get(table.id().toString());
        if (known == null || !known.copied() || !known.isOfCapture(table)) {
            throw Refusals.neverCopied(table.id());
        }
    }

    private List<CapturedTable> captured(List<TableId> tables) throws SQLException {
        Map<TableId, CapturedTable> all =
                source.captured().stream().collect(toMap(CapturedTable::id, Function.identity()));
        for (TableId table : tables) {
            if (!all.containsKey(table)) {
                if (source.exists(table)) {
                    throw Refusals.notCaptured(table);
                }
                throw new UnknownTableException("The source has no table " + table);
            }
        }
        return tables.stream().map(all::get).toList();
    }
}
