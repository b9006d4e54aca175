package dev.tidemark.producer.capture;

import dev.tidemark.model.TableId;
import dev.tidemark.producer.capture.OffsetTarget.Kind;
import dev.tidemark.producer.publish.Intent;
import dev.tidemark.producer.publish.StoredState;
import dev.tidemark.producer.publish.TableProgress;
import dev.tidemark.producer.source.LockedTableException;
import dev.tidemark.producer.source.PgSnapshot;
import dev.tidemark.producer.source.RetainedLog;
import dev.tidemark.producer.source.RetainedLog.Part;
import dev.tidemark.producer.source.RetainedLog.Retained;
import dev.tidemark.producer.source.SourceConnection;
import dev.tidemark.producer.source.TrackedTables;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Computes what the stored state has to be for the producer to go on from another place, so that the tables are equal when it has caught up:
 *
 * <ol>
 *   <li>of each change that comes again, all later ones of its row come too ({@link RetainedLog});
 *   <li>a table whose later changes are not all in the log, or no longer fit it, begins anew: its changes are left out until the first chunk of its new snapshot;
 *   <li>the page under way is given up; what was sent of it comes again under higher numbers.
 * </ol>
 */
final class OffsetPlanner {

    private static final String ALL = "nothing of what was sent counts any more";
    private static final String NOT_BEGUN = "none has begun";
    private static final String ALTERED =
            "it was altered, or its capture was interrupted, after the first of the changes";
    private static final String UNIQUE =
            "it has a unique or exclusion constraint beside its key, at which old states of its rows could be refused";

    private OffsetPlanner() {}

    /** @param after what is to be stored */
    record Planned(OffsetPlan plan, StoredState after) {}

    /**
     * @throws LockedTableException if a table is locked, so that it cannot be told whether it was altered
     * @throws MoveRefusedException if there is nothing to move
     */
    static Planned plan(SourceConnection source, StoredState stored, OffsetTarget target) throws SQLException {
        if (target.kind() == Kind.FRESH) {
            return fresh(source, stored);
        }
        Intent intent = stored.intent();
        if (intent == null) {
            throw new MoveRefusedException("The pipeline has published nothing yet: call POST /admin/resume");
        }
        SourceHistory.refuseOther(source, intent);
        SourceHistory.refuseOlder(source.point().snapshot(), PgSnapshot.parse(intent.previous()));
        TrackedTables.Outdated outdated = TrackedTables.outdated(source.jdbc());
        if (!outdated.locked().isEmpty()) {
            throw new LockedTableException("Locked by an ALTER TABLE or the like: " + outdated.locked());
        }
        Connection connection = source.jdbc();
        connection.setAutoCommit(false);
        try {
            RetainedLog.lock(connection);
            return rewind(connection, stored, intent, target.time(), outdated.tables());
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    /** As if nothing had ever been published. */
    private static Planned fresh(SourceConnection source, StoredState stored) throws SQLException {
        List<OffsetPlan.Table> tables = TrackedTables.all(source.jdbc()).stream()
                .filter(table -> table.active())
                .map(table -> new OffsetPlan.Table(table.id(), 0, ALL))
                .toList();
        Intent intent = stored.intent();
        OffsetPlan plan = new OffsetPlan(
                intent == null ? null : intent.previous(),
                source.point().snapshot().text(),
                null,
                0,
                tables);
        Map<TableId, TableProgress> progress = new HashMap<>(stored.tables());
        progress.replaceAll((table, old) -> old.restarted());
        return new Planned(plan, new StoredState(stored.epoch(), null, progress));
    }

    private static Planned rewind(
            Connection connection, StoredState stored, Intent intent, @Nullable Instant time, Set<TableId> outdated)
            throws SQLException {
        PgSnapshot published = PgSnapshot.parse(intent.previous());
        Retained retained = RetainedLog.retained(connection, published, time);
        PgSnapshot to =
                retained.firstId() == null ? published : RetainedLog.before(connection, published, retained.firstId());
        List<Part> parts =
                RetainedLog.between(connection, to, published, PgSnapshot.parse(intent.current()), intent.endId());
        Map<TableId, String> restarts = restarts(parts, outdated, stored.tables());
        Map<TableId, TableProgress> progress = new HashMap<>(stored.tables());
        restarts.keySet().forEach(table -> progress.computeIfPresent(table, (id, old) -> old.restarted()));
        Intent after = new Intent(
                intent.epoch(), intent.source(), to.text(), to.text(), 0, 0, 0, 0, counted(intent.published(), parts));
        List<OffsetPlan.Table> tables = tables(parts, restarts);
        long again = tables.stream().mapToLong(OffsetPlan.Table::again).sum();
        OffsetPlan plan = new OffsetPlan(published.text(), to.text(), retained.since(), again, tables);
        return new Planned(plan, new StoredState(stored.epoch(), after, progress));
    }

    /** The tables of which old changes cannot be published again, with the reason. */
    private static Map<TableId, String> restarts(
            List<Part> parts, Set<TableId> outdated, Map<TableId, TableProgress> progress) {
        Map<TableId, String> restarts = new HashMap<>();
        for (Part part : parts) {
            TableProgress known = progress.get(part.table());
            if (known == null || !known.started()) {
                restarts.put(part.table(), NOT_BEGUN);
            } else if (part.altered() || outdated.contains(part.table())) {
                restarts.put(part.table(), ALTERED);
            } else if (part.unique()) {
                restarts.putIfAbsent(part.table(), UNIQUE);
            }
        }
        return restarts;
    }

    private static List<OffsetPlan.Table> tables(List<Part> parts, Map<TableId, String> restarts) {
        Map<TableId, Long> rows = new LinkedHashMap<>();
        parts.stream().filter(Part::active).forEach(part -> rows.merge(part.table(), part.rows(), Long::sum));
        List<OffsetPlan.Table> tables = new ArrayList<>();
        rows.forEach((table, count) -> {
            String restart = restarts.get(table);
            tables.add(new OffsetPlan.Table(table, restart == null ? count : 0, restart));
        });
        return tables;
    }

    /** What comes again is counted again; so a difference that the audit has found stays. */
    private static List<Long> counted(List<Long> published, List<Part> parts) {
        List<Long> counts = new ArrayList<>(published);
        parts.forEach(part -> counts.set(part.slot(), counts.get(part.slot()) - part.rows()));
        return counts;
    }
}
