package dev.tidemark.producer.capture;

import dev.tidemark.producer.publish.Deadline;
import dev.tidemark.producer.publish.Intent;
import dev.tidemark.producer.publish.Publisher;
import dev.tidemark.producer.publish.StoredState;
import dev.tidemark.producer.snapshot.ChunkReader;
import dev.tidemark.producer.source.PgSnapshot;
import dev.tidemark.producer.source.ProducerTable;
import dev.tidemark.producer.source.RetainedLog;
import dev.tidemark.producer.source.SourceConnection;
import dev.tidemark.producer.source.SourceMigration;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Makes this process the active producer:
 *
 * <ol>
 *   <li>take the lock, on the connection that will read the change log;
 *   <li>read from Kafka what the last incarnation left, and become the next one;
 *   <li>see to the tables and their topics;
 *   <li>write the state down again under the own epoch, and send the page that was under way once more.
 * </ol>
 */
final class CaptureStarter {

    /** How long Kafka may take for what former incarnations have left, and again for writing it down anew. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** For what only shows. */
    private static final Duration LOOK = Duration.ofSeconds(3);

    private final DataSource dataSource;
    private final SourceMigration migration;
    private final Publisher publisher;
    private final Pipeline pipeline;
    private final ChunkReader chunks;
    private final Capture.Settings settings;
    private final CaptureListener listener;

    CaptureStarter(
            DataSource dataSource,
            SourceMigration migration,
            Publisher publisher,
            Pipeline pipeline,
            ChunkReader chunks,
            Capture.Settings settings,
            CaptureListener listener) {
        this.dataSource = dataSource;
        this.migration = migration;
        this.publisher = publisher;
        this.pipeline = pipeline;
        this.chunks = chunks;
        this.settings = settings;
        this.listener = listener;
    }

    /**
     * The connection that holds the lock and whose schema is up to date.
     *
     * @return null if another producer is the active one
     */
    @Nullable
    SourceConnection lock() throws SQLException {
        SourceConnection source = SourceConnection.open(dataSource);
        try {
            if (source.tryLock()) {
                migration.run();
                return source;
            }
            source.close();
            return null;
        } catch (SQLException | RuntimeException | Error e) {
            try {
                source.close();
            } catch (SQLException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
    }

    /**
     * @param source holds the lock, and is left open if this fails
     * @param renumber whether the page under way has to be sent under new numbers, since a part of it may be missing in Kafka
     */
    Capture start(SourceConnection source, boolean renumber) throws SQLException {
        StoredState stored = publisher.read(deadline());
        SourceHistory.refuseOther(source, stored.intent());
        return begin(source, claim(source, stored), stored, renumber);
    }

    /**
     * Goes on from another place: in Kafka the first intent of a new incarnation says so, so that it has happened as a whole or not at all. The incarnation is claimed
     * before anything is looked at, since from then on a former one takes nothing out of the log.
     */
    Moved move(SourceConnection source, OffsetTarget target) throws SQLException {
        StoredState stored = publisher.read(deadline());
        long epoch = claim(source, stored);
        OffsetPlanner.Planned planned = OffsetPlanner.plan(source, stored, target);
        Capture capture = begin(source, epoch, planned.after(), false);
        return new Moved(capture, planned.plan().endingAt(capture.position()));
    }

    /** @param capture goes on from where the plan says */
    record Moved(Capture capture, OffsetPlan plan) {}

    /** The position that is stored in Kafka, or null if there is none. */
    @Nullable
    String storedPosition() {
        Intent intent = publisher.peek(new Deadline(LOOK, settings.stopping())).intent();
        return intent == null ? null : intent.previous();
    }

    private long claim(SourceConnection source, StoredState stored) throws SQLException {
        return ProducerTable.claim(source.jdbc(), pipeline.name(), pipeline.instance(), stored.epoch());
    }

    private Capture begin(SourceConnection source, long epoch, StoredState stored, boolean renumber)
            throws SQLException {
        LockedTables lockedTables = new LockedTables(settings.refreshInterval(), settings.clock());
        Routes routes = new Routes(pipeline, source, publisher, listener, lockedTables, stored.tables());
        routes.refresh();
        Ledger ledger = ledger(source, epoch, stored.intent());
        Outbox outbox = new Outbox(publisher, routes, ledger, settings, listener);
        Capture capture = new Capture(source, outbox, routes, ledger, chunks, settings);
        Intent underway = underway(ledger, stored.intent(), renumber);
        Deadline deadline = deadline();
        for (Route route : routes.all()) {
            publisher.store(epoch, route.progress()).await(deadline);
        }
        publisher.announce(underway).await(deadline);
        publisher.forgetRead(deadline);
        if (underway.hasPage()) {
            capture.resume(underway);
        }
        return capture;
    }

    Deadline deadline() {
        return new Deadline(PATIENCE, settings.stopping());
    }

    /** The ledger of an earlier incarnation, or that of a new pipeline, for which all that is in the log now counts as published. */
    private static Ledger ledger(SourceConnection source, long epoch, @Nullable Intent intent) throws SQLException {
        if (intent != null) {
            return new Ledger(epoch, source.identity(), PgSnapshot.parse(intent.previous()), intent.published());
        }
        PgSnapshot now = source.point().snapshot();
        RetainedLog.awaitRetention(source.jdbc());
        return new Ledger(epoch, source.identity(), now, ProducerTable.loggedBySlot(source.jdbc(), now));
    }

    private static Intent underway(Ledger ledger, @Nullable Intent left, boolean renumber) {
        if (left == null || !left.hasPage()) {
            return ledger.rest();
        }
        return renumber ? ledger.renumbered(left) : left.adoptedBy(ledger.epoch(), left.firstSequence());
    }
}
