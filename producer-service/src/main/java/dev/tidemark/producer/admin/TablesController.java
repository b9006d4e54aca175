package dev.tidemark.producer.admin;

import dev.tidemark.model.TableId;
import dev.tidemark.producer.capture.Pipeline;
import dev.tidemark.producer.capture.PollStatus;
import dev.tidemark.producer.source.CapturedTable;
import dev.tidemark.producer.source.SourceTables;
import dev.tidemark.producer.source.UntrackableTableException;
import dev.tidemark.web.Caller;
import dev.tidemark.web.QueryParameters;
import jakarta.servlet.http.HttpServletRequest;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code /admin/tables}: what is captured, and how to change it. Changes are made at the source, where the active producer finds them. */
@RestController
@RequestMapping("/admin/tables")
class TablesController {

    private static final Logger LOG = LoggerFactory.getLogger(TablesController.class);

    private final SourceTables source;
    private final TableViews views;
    private final Pipeline pipeline;
    private final Supplier<PollStatus> poller;

    TablesController(SourceTables source, TableViews views, Pipeline pipeline, Supplier<PollStatus> poller) {
        this.source = source;
        this.views = views;
        this.pipeline = pipeline;
        this.poller = poller;
    }

    /** All tables. */
    record Tables(List<TableView> tables) {}

    /** Lists all tables. Those that are captured, and those that the settings name, with where each of them is. */
    @GetMapping
    Tables all(HttpServletRequest request) throws SQLException {
        QueryParameters.only(request);
        Refusals.refuseOnStandby(poller.get());
        return new Tables(views.all());
    }

    /**
     * Adds a table. It is captured from now on, copied, and followed; this begins within a second. The call may be repeated, and puts lost triggers on again at once. A body says which
     * columns and rows are captured; without one, what was said before holds, or else the settings.
     */
    @PutMapping(path = "/{table}", consumes = MediaType.APPLICATION_JSON_VALUE)
    TableView add(
            @PathVariable String table,
            @RequestBody(required = false) @Nullable String body,
            HttpServletRequest request)
            throws SQLException {
        QueryParameters.only(request);
        TableId id = TableNames.ofPath(table);
        Refusals.refuseOnStandby(poller.get());
        String options = ChoiceBody.options(body);
        refuseClash(id);
        String who = Caller.of(request);
        if (source.add(id, pipeline.choice(id), options, who)) {
            LOG.info("The table {} was added by {}", id, who);
        }
        return views.one(id);
    }

    /** Kafka forbids the characters in which the names differ. */
    private void refuseClash(TableId table) throws SQLException {
        List<TableId> tables = new ArrayList<>(
                source.captured().stream().map(CapturedTable::id).toList());
        tables.add(table);
        TableId other = pipeline.topics().clashes(tables).get(table);
        if (other != null) {
            throw new UntrackableTableException("The table " + table + " would share the topic of " + other
                    + ": rename one of them, or DELETE " + Refusals.path(other));
        }
    }

    /** Removes a table. Its triggers are taken away; its topic, and the table at the destination, stay as they are. The call may be repeated. */
    @DeleteMapping("/{table}")
    TableView remove(@PathVariable String table, HttpServletRequest request) throws SQLException {
        QueryParameters.only(request);
        TableId id = TableNames.ofPath(table);
        Refusals.refuseOnStandby(poller.get());
        if (!isKnown(id)) {
            throw Refusals.unknown(id);
        }
        String who = Caller.of(request);
        if (source.remove(id, who)) {
            LOG.info("The table {} was removed by {}", id, who);
        }
        return views.removed(id);
    }

    /** Also if it has been removed before: the one who asks may have missed the answer. */
    private boolean isKnown(TableId table) throws SQLException {
        return pipeline.tables().contains(table)
                || source.requests().containsKey(table)
                || source.captured().stream().anyMatch(captured -> captured.id().equals(table));
    }
}
