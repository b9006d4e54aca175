package dev.tidemark.producer.capture;

import static java.util.stream.Collectors.toCollection;

import dev.tidemark.model.TableId;
import dev.tidemark.producer.source.LockedTableException;
import dev.tidemark.producer.source.SourceConnection;
import dev.tidemark.producer.source.TableRequests;
import dev.tidemark.producer.source.TrackedTables;
import dev.tidemark.producer.source.UntrackableTableException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has the tables tracked that are named in the configuration or were asked for later, and all tracked ones anew when they were altered. */
final class Tracking {

    private static final Logger LOG = LoggerFactory.getLogger(Tracking.class);

    /** How long a try to put triggers on may wait for a table's writers, while others wait behind it. */
    private static final Duration LOCK_WAIT = Duration.ofMillis(500);

    private final Pipeline pipeline;
    private final SourceConnection source;
    private final LockedTables lockedTables;
    private final TableProblems problems;
    private final Set<TableId> tracked = new HashSet<>();
    private final Set<TableId> toUntrack = new HashSet<>();
    private Set<TableId> locked = Set.of();

    Tracking(Pipeline pipeline, SourceConnection source, LockedTables lockedTables, TableProblems problems) {
        this.pipeline = pipeline;
        this.source = source;
        this.lockedTables = lockedTables;
        this.problems = problems;
    }

    /**
     * Tracks what is to be tracked and is not, or not as it is now.
     *
     * @return the tables that could not be tracked, and those of which that cannot be told now; their problems are reported
     */
    Set<TableId> refresh() throws SQLException {
        Set<TableId> toTrack = new LinkedHashSet<>(wanted());
        Set<TableId> unasked = unasked(toTrack);
        toTrack.removeAll(tracked);
        TrackedTables.Outdated outdated = TrackedTables.outdated(source.jdbc());
        toTrack.addAll(outdated.tables());
        tellLocked(outdated.locked());
        lockedTables.forgetExcept(
                Stream.of(toTrack, locked).flatMap(Set::stream).toList());
        Set<TableId> refused = problems.all().stream().filter(locked::contains).collect(toCollection(HashSet::new));
        for (TableId table : unasked) {
            problems.report(
                    table,
                    "cdc.capture.tables says what of " + table
                            + " is captured, but it is not among the tables to capture: put its name right, add it to cdc.tables or by PUT /admin/tables, or take it out of cdc.capture.tables");
        }
        refused.addAll(unasked);
        for (TableId table : toTrack) {
            if (!track(table)) {
                refused.add(table);
            }
        }
        if (!toTrack.isEmpty()) {
            wanted(); // tracking may have waited, and a table been taken away meanwhile
        }
        return refused;
    }

    /** The next refresh tries again to track tables that were locked, however often that has been in vain. */
    void tryLockedAgain() {
        lockedTables.forgetAll();
    }

    /** What is to be captured now. A table that was taken away while it was being tracked here would else stay captured, as one that somebody tracks by hand. */
    private Set<TableId> wanted() throws SQLException {
        Map<TableId, Boolean> requests = TableRequests.all(source.jdbc());
        Set<TableId> wanted = TableRequests.wanted(pipeline.tables(), requests);
        toUntrack.addAll(tracked);
        toUntrack.removeIf(table -> !Boolean.FALSE.equals(requests.get(table)));
        tracked.retainAll(wanted);
        for (TableId table : List.copyOf(toUntrack)) {
            if (TrackedTables.tryUntrack(source.jdbc(), table)) {
                toUntrack.remove(table);
            }
        }
        return wanted;
    }

    /** The tables with settings that nobody asks for: under a misspelt name they would let out what is to stay. Whoever took a table away knows that. */
    private Set<TableId> unasked(Set<TableId> wanted) throws SQLException {
        Set<TableId> unasked = new HashSet<>();
        pipeline.choices().forEach((table, choice) -> {
            if (choice.options() != null && !wanted.contains(table)) {
                unasked.add(table);
            }
        });
        if (!unasked.isEmpty()) {
            unasked.removeAll(TableRequests.all(source.jdbc()).keySet());
        }
        return unasked;
    }

    private void tellLocked(Set<TableId> now) {
        if (!now.isEmpty() && !now.equals(locked)) {
            LOG.info("Locked, so whether they were altered is looked at later: {}", now);
        }
        locked = now;
    }

    private boolean track(TableId table) throws SQLException {
        if (!lockedTables.isDue(table)) {
            return false;
        }
        try {
            TrackedTables.track(source.jdbc(), table, pipeline.choice(table), LOCK_WAIT);
            lockedTables.forget(table);
            tracked.add(table);
            problems.solved(table);
            return true;
        } catch (LockedTableException e) {
            problems.report(
                    table,
                    e.getMessage() + ". It is tried again at "
                            + lockedTables.putOff(table).truncatedTo(ChronoUnit.SECONDS));
            return false;
        } catch (UntrackableTableException e) {
            problems.report(table, String.valueOf(e.getMessage()));
            return false;
        }
    }
}
