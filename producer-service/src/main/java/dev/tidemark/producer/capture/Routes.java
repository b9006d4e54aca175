package dev.tidemark.producer.capture;

import dev.tidemark.model.EnvelopeWriter;
import dev.tidemark.model.TableId;
import dev.tidemark.producer.publish.KafkaUnavailableException;
import dev.tidemark.producer.publish.Publisher;
import dev.tidemark.producer.publish.TableProgress;
import dev.tidemark.producer.publish.TableTopic;
import dev.tidemark.producer.publish.TopicRefusedException;
import dev.tidemark.producer.source.MissedChanges;
import dev.tidemark.producer.source.SourceConnection;
import dev.tidemark.producer.source.TrackedTable;
import dev.tidemark.producer.source.TrackedTables;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The ways of all tables: those named in the configuration or asked for later, which are tracked here if need be, and those that somebody has tracked by hand. */
final class Routes {

    private static final Logger LOG = LoggerFactory.getLogger(Routes.class);

    private final Pipeline pipeline;
    private final SourceConnection source;
    private final Publisher publisher;
    private final CaptureListener listener;
    private final Tracking tracking;
    private final TableProblems problems;
    private final Map<TableId, TableProgress> stored;
    private final Map<Integer, Route> byNumber = new LinkedHashMap<>();
    private final Set<Integer> closed = new HashSet<>();
    private final List<TableProgress> forgotten = new ArrayList<>();

    /** @param stored the progress that earlier incarnations have left */
    Routes(
            Pipeline pipeline,
            SourceConnection source,
            Publisher publisher,
            CaptureListener listener,
            LockedTables lockedTables,
            Map<TableId, TableProgress> stored) {
        this.pipeline = pipeline;
        this.source = source;
        this.publisher = publisher;
        this.listener = listener;
        this.problems = new TableProblems(listener);
        this.tracking = new Tracking(pipeline, source, lockedTables, problems);
        this.stored = new HashMap<>(stored);
    }

    /** Looks for tables that have come or were altered since the last time, and tries again those that could not be tracked. */
    void refresh() throws SQLException {
        Set<TableId> refused = tracking.refresh();
        checkTopics();
        List<TrackedTable> tables = TrackedTables.all(source.jdbc());
        Map<TableId, TableId> clashes = clashes(tables);
        for (TrackedTable table : tables) {
            boolean open = open(table, clashes.get(table.id()));
            if (open && !refused.contains(table.id())) {
                problems.solved(table.id());
            }
        }
        refused.addAll(tables.stream().map(TrackedTable::id).toList());
        problems.forgetExcept(refused);
    }

    /** The next refresh tries again to track tables that were locked, however often that has been in vain. */
    void tryLockedAgain() {
        tracking.tryLockedAgain();
    }

    /** Of two tables that would share a topic, the one that has been sent to it keeps it. */
    private Map<TableId, TableId> clashes(List<TrackedTable> tables) {
        return pipeline.topics()
                .clashes(tables.stream()
                        .filter(TrackedTable::active)
                        .sorted(Comparator.comparing(table -> !isEstablished(table)))
                        .map(TrackedTable::id)
                        .toList());
    }

    private boolean isEstablished(TrackedTable table) {
        Route known = byNumber.get(table.number());
        return (stored.containsKey(table.id()) && !closed.contains(table.number()))
                || (known != null && known.table().id().equals(table.id()));
    }

    /** @return whether there is nothing to complain of */
    private boolean open(TrackedTable table, @Nullable TableId other) throws SQLException {
        if (!table.active()) {
            close(table);
            return true;
        }
        if (other != null) {
            close(table);
            report(
                    table.id(),
                    "The table " + table.id() + " would share the topic of " + other
                            + ": rename one of them, or untrack it; a new snapshot follows");
            return false;
        }
        try {
            add(table);
            closed.remove(table.number());
            return true;
        } catch (TopicRefusedException e) {
            close(table);
            report(
                    table.id(),
                    "The table " + table.id() + " cannot be published: " + e.getMessage()
                            + "; as soon as it can be, a new snapshot begins");
            return false;
        }
    }

    /** From now on its changes are left out. Whatever was sent of it no longer counts, so that they come with a new snapshot if the way opens again. */
    private void close(TrackedTable table) {
        Route known = byNumber.remove(table.number());
        TableProgress left = known == null ? stored.get(table.id()) : known.progress();
        if (closed.add(table.number()) && left != null) {
            forget(left);
        }
    }

    /** Nothing of what was sent counts any more, but that it is in the topic, spread over so many partitions. */
    private void forget(TableProgress progress) {
        TableProgress nothing = progress.restarted();
        stored.put(nothing.id(), nothing);
        forgotten.add(nothing);
    }

    /** The progress that no longer counts, to be stored before changes of its tables are left out. Each is returned once. */
    List<TableProgress> takeForgotten() {
        List<TableProgress> taken = List.copyOf(forgotten);
        forgotten.clear();
        return taken;
    }

    /** Whether the table is known to have no way, so that its changes are left out: it is captured no more, or its problem has been reported. */
    boolean isClosed(int number) {
        return closed.contains(number);
    }

    /** @return the way of the table, or null if there is none */
    @Nullable
    Route byNumber(int number) {
        return byNumber.get(number);
    }

    /** Whether a delete is followed by a record without a value. */
    boolean tombstones() {
        return pipeline.tombstones();
    }

    Collection<Route> all() {
        return byNumber.values();
    }

    /** @return the first way whose snapshot is not complete, but for tables with a problem, or null */
    @Nullable
    Route nextSnapshot() {
        for (Route route : byNumber.values()) {
            if (route.needsSnapshot() && !problems.has(route.table().id())) {
                return route;
            }
        }
        return null;
    }

    /** Leaves the table out until the next refresh has looked at it. */
    void report(TableId table, String reason) {
        problems.report(table, reason);
    }

    /**
     * Changes of the table were not captured: it needs a new snapshot as soon as it can be tracked again.
     *
     * @return the progress to be stored
     */
    TableProgress restart(Route route) {
        TableId table = route.table().id();
        TableProgress nothing = route.progress().restarted(route.table());
        route.advance(nothing);
        report(
                table,
                "The table " + table
                        + " was altered so that its changes could not be captured; as soon as it can be tracked again, a new snapshot begins");
        return nothing;
    }

    /**
     * A topic that was deleted took events along that nobody may have read, even if somebody has made it anew: its table needs a new snapshot.
     *
     * @return whether there was any
     * @throws KafkaUnavailableException if Kafka cannot tell
     */
    boolean forgetLostTopics() {
        Map<String, TableTopic> topics =
                publisher.topics(byNumber.values().stream().map(Route::topic).toList());
        return byNumber.values().removeIf(route -> {
            TableTopic topic = topics.get(route.topic());
            boolean lost = topic == null || !route.progress().topicId().equals(topic.id());
            if (lost) {
                LOG.warn("The topic {} was deleted: its table gets a new snapshot", route.topic());
                stored.remove(route.table().id());
            }
            return lost;
        });
    }

    /** Also tells whether Kafka is there at all, when there is nothing to send. */
    private void checkTopics() {
        try {
            forgetLostTopics();
            listener.acknowledged();
        } catch (KafkaUnavailableException e) {
            LOG.debug("Topics could not be looked up", e);
            listener.waitingForKafka();
        }
    }

    private void add(TrackedTable table) throws SQLException {
        Route known = byNumber.get(table.number());
        if (known == null || !known.table().equals(table)) {
            TableTopic topic = publisher.ensureTopic(table.id(), table.ordered());
            TableProgress last = known != null ? known.progress() : stored.get(table.id());
            TableProgress before = last == null || last.id().equals(table.id()) ? last : renamed(last, table.id());
            TableProgress progress = before == null ? TableProgress.none(table, topic) : before.continued(table, topic);
            EnvelopeWriter writer =
                    new EnvelopeWriter(pipeline.version(), pipeline.name(), source.database(), table.id());
            if (last != null && last.started() && !progress.started()) {
                listener.gap(table.id());
            }
            if (progress.complete() && (known == null || !known.progress().complete())) {
                MissedChanges.copyIsLeft(source.jdbc(), table.number());
            }
            byNumber.put(table.number(), new Route(table, publisher.topic(table.id()), writer, progress));
            listener.snapshotProgress(progress);
        }
    }

    /** Under its new name it has another topic; and what it had under the old one is not to count if it gets that back. */
    private @Nullable TableProgress renamed(TableProgress last, TableId name) {
        forget(last);
        TableProgress former = stored.get(name);
        return former == null ? null : former.restarted();
    }
}
