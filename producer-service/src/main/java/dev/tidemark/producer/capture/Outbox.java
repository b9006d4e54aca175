package dev.tidemark.producer.capture;

import dev.tidemark.producer.publish.Delivery;
import dev.tidemark.producer.publish.DeliveryFailedException;
import dev.tidemark.producer.publish.Intent;
import dev.tidemark.producer.publish.KafkaUnavailableException;
import dev.tidemark.producer.publish.Publisher;
import dev.tidemark.producer.publish.TableProgress;
import dev.tidemark.producer.snapshot.Chunk;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is on its way to Kafka: at most one page or chunk. Whoever waits for it names the tick that is being read, whose cursor is given up when it takes long.
 * Not safe for use by several threads.
 */
final class Outbox {

    private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);

    /** For how long Kafka may take before an open cursor is given up. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Publisher publisher;
    private final Routes routes;
    private final Ledger ledger;
    private final Capture.Settings settings;
    private final CaptureListener listener;

    private Delivery delivery = Delivery.nothing();
    private @Nullable Intent page;
    private @Nullable TableProgress afterDelivery;
    private Instant announcedAt = Instant.EPOCH;

    Outbox(Publisher publisher, Routes routes, Ledger ledger, Capture.Settings settings, CaptureListener listener) {
        this.publisher = publisher;
        this.routes = routes;
        this.ledger = ledger;
        this.settings = settings;
        this.listener = listener;
    }

    /** Returns when Kafka has it. */
    void announce(Intent intent, @Nullable Tick reading) throws SQLException {
        announcedAt = settings.clock().instant();
        await(publisher.announce(intent), reading);
    }

    /** Returns when Kafka has it. */
    void store(TableProgress progress, @Nullable Tick reading) throws SQLException {
        await(publisher.store(ledger.epoch(), progress), reading);
    }

    /** Hands over a page that was announced. */
    void send(Page changes, Intent intent) {
        page = intent;
        delivery = EventBatch.of(changes, intent.firstSequence(), routes, now()).send(publisher, listener);
        Instant since = announcedAt;
        delivery.whenAcknowledged(() -> listener.pagePublished(
                intent.rows(), Duration.between(since, settings.clock().instant())));
    }

    /** Hands over once more a page that was announced before. */
    void sendAgain(Page changes, Intent intent) {
        announcedAt = settings.clock().instant();
        listener.sentAgain();
        send(changes, intent);
    }

    /** All changes of a tick that was begun then are handed over. */
    void finished(Instant tickSince) {
        listener.tickPublished(Duration.between(tickSince, settings.clock().instant()));
    }

    /** Hands over a chunk; the progress of its table is stored when Kafka has it. */
    void send(Chunk chunk, Route route) {
        long first = ledger.take(chunk.rows().size() + 2);
        delivery = EventBatch.of(chunk, first, route, now()).send(publisher, listener);
        route.advance(route.progress().advanced(chunk.upTo(), chunk.rows().size()));
        afterDelivery = route.progress();
    }

    private long now() {
        return settings.clock().millis();
    }

    /** Waits until Kafka has acknowledged all that was sent. However long that takes, nothing else may be announced before. */
    void settle(@Nullable Tick reading) throws SQLException {
        if (delivery != Delivery.nothing()) {
            try {
                await(delivery, reading);
            } catch (DeliveryFailedException e) {
                renumber(e);
                throw e;
            }
            delivery = Delivery.nothing();
            page = null;
        }
        if (afterDelivery != null) {
            store(afterDelivery, reading);
            listener.snapshotProgress(afterDelivery);
            afterDelivery = null;
        }
    }

    /** Announces the page under new numbers, at once: what only this process knows is lost if it is killed. A chunk needs nothing, it is never sent again. */
    private void renumber(DeliveryFailedException failure) {
        Intent torn = page;
        if (torn == null) {
            return;
        }
        try {
            if (publisher.announce(ledger.renumbered(torn)).await(PATIENCE)) {
                return;
            }
        } catch (DeliveryFailedException | KafkaUnavailableException e) {
            LOG.debug("The new numbers of the page could not be announced", e);
        }
        throw new TornPageException(failure);
    }

    /** Waits, and says so when it takes long. */
    private void await(Delivery sent, @Nullable Tick reading) throws SQLException {
        if (!sent.await(PATIENCE)) {
            if (reading != null) {
                reading.release();
            }
            listener.waitingForKafka();
            while (!sent.await(PATIENCE)) {
                if (settings.stopping().getAsBoolean()) {
                    throw new KafkaUnavailableException(
                            "Stopped while Kafka had not acknowledged what was sent; it will be sent again", null);
                }
                refuseLostTopics();
            }
        }
        listener.acknowledged();
    }

    /** What was sent to a topic that is no more will never be acknowledged. */
    private void refuseLostTopics() {
        try {
            if (routes.forgetLostTopics()) {
                throw new DeliveryFailedException("a topic was deleted");
            }
        } catch (KafkaUnavailableException e) {
            listener.waitingForKafka();
        }
    }
}
