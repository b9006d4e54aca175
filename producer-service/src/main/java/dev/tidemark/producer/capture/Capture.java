package dev.tidemark.producer.capture;

import dev.tidemark.model.TableId;
import dev.tidemark.producer.publish.Intent;
import dev.tidemark.producer.publish.TableProgress;
import dev.tidemark.producer.snapshot.Chunk;
import dev.tidemark.producer.snapshot.ChunkReader;
import dev.tidemark.producer.source.MissedChanges;
import dev.tidemark.producer.source.PgSnapshot;
import dev.tidemark.producer.source.SourceConnection;
import dev.tidemark.producer.source.SourcePoint;
import dev.tidemark.producer.source.UntrackableTableException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The active producer at work, one step at a time:
 *
 * <ol>
 *   <li>take a snapshot of the source, and with it the next chunk of a table if one is due;
 *   <li>publish the tick, that is what was committed since the last snapshot, page by page; the next page is read while Kafka acknowledges the last one;
 *   <li>then publish the chunk, which is exact at that point of the stream.
 * </ol>
 *
 * Any exception ends it: what it had begun is found in Kafka by its successor. Not safe for use by several threads.
 */
final class Capture implements AutoCloseable {

    private final SourceConnection source;
    private final Outbox outbox;
    private final Routes routes;
    private final Ledger ledger;
    private final ChunkReader chunks;
    private final Settings settings;

    private final SchemaChanges schemaChanges = new SchemaChanges();
    private final RefreshSchedule refresh;
    private boolean asked;
    private @Nullable Tick tick;
    private Instant tickSince = Instant.EPOCH;
    private boolean tickHasChanges;
    private @Nullable SourcePoint unflushed;
    private @Nullable PendingChunk pendingChunk;
    private boolean looked;
    private @Nullable Route copied;

    Capture(
            SourceConnection source,
            Outbox outbox,
            Routes routes,
            Ledger ledger,
            ChunkReader chunks,
            Settings settings) {
        this.source = source;
        this.outbox = outbox;
        this.routes = routes;
        this.ledger = ledger;
        this.chunks = chunks;
        this.settings = settings;
        this.refresh = new RefreshSchedule(settings.refreshInterval());
    }

    /** Publishes at most one page, and a chunk if it is due. */
    PollOutcome step() throws SQLException {
        if (tick == null) {
            begin();
        } else if (asked) { // what is to be published of a table may be no longer what the tick has of it
            tick.release();
            refreshRoutes();
        }
        if (tick == null) {
            settle();
            return PollOutcome.IDLE;
        }
        Page page = tick.next();
        settle();
        if (page != null) {
            publish(tick, page);
            refresh.busy(settings.clock().instant());
        }
        if (!tick.isExhausted()) {
            return PollOutcome.MORE;
        }
        boolean hadChunk = finish(tick);
        return hadChunk ? PollOutcome.MORE : page == null ? PollOutcome.IDLE : PollOutcome.BUSY;
    }

    /** Waits until all that was sent is acknowledged, and says so in Kafka. */
    Intent rest() throws SQLException {
        settle();
        source.awaitFlushed(source.point());
        Intent rest = ledger.rest();
        outbox.announce(rest, tick);
        return rest;
    }

    /** Whether nothing is half done, so that {@link #rest} tells the whole position. */
    boolean isBetweenTicks() {
        return tick == null;
    }

    /** Whether all that was committed before it began is sent, and no table waits for a snapshot, but for those with a problem. */
    boolean isCaughtUp() {
        return tick == null && looked && routes.nextSnapshot() == null;
    }

    /** Looks after tables and topics before anything more is sent, also in the midst of a tick. */
    void refreshSoon() {
        routes.tryLockedAgain();
        refresh.hurry();
        asked = true;
    }

    /** Leaves nothing on its way and nothing open, however long it is until the next step. */
    void hold() throws SQLException {
        if (tick == null) {
            rest();
        } else {
            settle();
            tick.release();
        }
    }

    long epoch() {
        return ledger.epoch();
    }

    /** Up to which snapshot all is published, once the tick in hand is. */
    String position() {
        return ledger.position().text();
    }

    private void begin() throws SQLException {
        Instant now = settings.clock().instant();
        if (refresh.isDue(now)) {
            refreshRoutes();
            refresh.done(now);
        }
        pendingChunk = nextChunk();
        tickSince = settings.clock().instant();
        tickHasChanges = false;
        SourcePoint point =
                pendingChunk == null ? source.point() : pendingChunk.chunk().point();
        SourceHistory.refuseOlder(point.snapshot(), ledger.position());
        if (pendingChunk != null || !point.snapshot().equals(ledger.position())) {
            tick = new Tick(source.jdbc(), ledger.position(), point.snapshot(), 0, Long.MAX_VALUE, settings.limits());
            unflushed = point;
        }
        looked = true;
    }

    private @Nullable PendingChunk nextChunk() throws SQLException {
        Route route = routes.nextSnapshot();
        if (route == null) {
            return null;
        }
        TableId table = route.table().id();
        try {
            TableProgress progress = route.progress();
            if (progress.range() == null && progress.upTo() == null) {
                MissedChanges.copyBegins(source.jdbc(), route.table().number());
            }
            return new PendingChunk(route, chunks.read(source, route.table(), progress.upTo(), progress.end()));
        } catch (UntrackableTableException e) {
            routes.report(table, String.valueOf(e.getMessage()));
            refresh.hurry();
        } catch (SQLException e) {
            if (!TableProblems.isOfOneTable(e)) {
                throw e;
            }
            routes.report(table, "The table " + table + " cannot be read: " + TableProblems.text(e));
        }
        return null;
    }

    private void publish(Tick from, Page page) throws SQLException {
        awaitFlushed(from);
        if (page.changes().stream().anyMatch(change -> isUnknown(change.tableId()))) {
            from.release();
            refreshRoutes();
        }
        restartUncaptured(page);
        if (schemaChanges.hasNew(page)) {
            refresh.hurry(); // until the table is tracked again each statement has to look at it
        }
        tickHasChanges = true;
        Intent intent = ledger.intent(from, page);
        outbox.announce(intent, from);
        outbox.send(page, intent);
    }

    private boolean isUnknown(int table) {
        return routes.byNumber(table) == null && !routes.isClosed(table);
    }

    private void refreshRoutes() throws SQLException {
        asked = false;
        routes.refresh();
        for (TableProgress forgotten : routes.takeForgotten()) {
            settle(); // or a chunk's progress would be stored after it
            outbox.store(forgotten, tick);
        }
    }

    /** Stored before the page is announced, so that a crash does not forget it. */
    private void restartUncaptured(Page page) throws SQLException {
        for (LoggedChange change : page.changes()) {
            Route route = change.isUncaptured() ? routes.byNumber(change.tableId()) : null;
            if (route != null && route.isOpen()) {
                outbox.store(routes.restart(route), tick);
            }
        }
    }

    /** Sends the page again that was announced before, with the numbers that the intent gives it, and goes on in its tick. */
    void resume(Intent intent) throws SQLException {
        PgSnapshot previous = PgSnapshot.parse(intent.previous());
        PgSnapshot current = PgSnapshot.parse(intent.current());
        PageLimits wholePage =
                new PageLimits(intent.rows(), Long.MAX_VALUE, settings.limits().rowBytes());
        try (Tick announced = new Tick(source.jdbc(), previous, current, intent.lastId(), intent.endId(), wholePage)) {
            Page page = announced.next();
            if (page == null || page.changes().size() != intent.rows() || page.endId() != intent.endId()) {
                throw SourceHistory.startOver("The change log no longer holds the page that was being published, "
                        + intent + ": rows were taken out of it by hand");
            }
            outbox.sendAgain(page, intent);
        }
        settle();
        tick = new Tick(source.jdbc(), previous, current, intent.endId(), Long.MAX_VALUE, settings.limits());
    }

    /** Nothing is sent, and no position is stored, before a crash of the source can no longer undo it. */
    private void awaitFlushed(Tick from) throws SQLException {
        if (unflushed != null && !source.isFlushed(unflushed)) {
            from.release();
            source.awaitFlushed(unflushed);
        }
        unflushed = null;
    }

    /** @return whether there was a chunk; one that was not sent is read anew */
    private boolean finish(Tick done) throws SQLException {
        if (pendingChunk != null) {
            awaitFlushed(done);
        }
        ledger.moveTo(done.current());
        if (tickHasChanges) {
            outbox.finished(tickSince);
        }
        done.close();
        tick = null;
        PendingChunk pending = pendingChunk;
        pendingChunk = null;
        if (pending != null && isCurrent(pending)) {
            settle();
            outbox.send(pending.chunk(), pending.route());
            copied = pending.route().isCopiedAsAWhole() ? pending.route() : null;
        }
        return pending != null;
    }

    /** Whether the chunk still follows what was sent of its table: the tick before it may have told that the snapshot has to begin anew. */
    private boolean isCurrent(PendingChunk pending) {
        Route route = pending.route();
        return routes.byNumber(route.table().number()) == route
                && Objects.equals(route.progress().upTo(), pending.chunk().after());
    }

    /** Waits until Kafka has acknowledged all that was sent. */
    void settle() throws SQLException {
        outbox.settle(tick);
        Route complete = copied;
        if (complete != null && source.jdbc().getAutoCommit()) { // or the end of a cursor would undo it
            MissedChanges.copyEnds(source.jdbc(), complete.table().number());
            copied = null;
        }
    }

    @Override
    public void close() throws SQLException {
        source.close();
    }

    private record PendingChunk(Route route, Chunk chunk) {}

    /** @param stopping whether the process is about to end */
    record Settings(PageLimits limits, Duration refreshInterval, Clock clock, BooleanSupplier stopping) {}
}
