package dev.tidemark.producer.capture;

import dev.tidemark.model.ErrorText;
import dev.tidemark.producer.capture.PollStatus.State;
import dev.tidemark.producer.publish.DeliveryFailedException;
import dev.tidemark.producer.publish.Intent;
import dev.tidemark.producer.publish.KafkaUnavailableException;
import dev.tidemark.producer.publish.Publisher;
import dev.tidemark.producer.source.Control;
import dev.tidemark.producer.source.Control.Pause;
import dev.tidemark.producer.source.ControlTable;
import dev.tidemark.producer.source.SourceConnection;
import dev.tidemark.producer.source.UnusableSourceException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the producer from step to step: to become the active one, to publish, and to begin anew after a failure. Failures are never the end: what was under
 * way is found in Kafka and goes on from there. All calls but {@link #status} come from one thread.
 */
public final class Poller {

    private static final Logger LOG = LoggerFactory.getLogger(Poller.class);

    /** How soon Kafka is asked again for the stored position. */
    private static final Duration ASK_AGAIN = Duration.ofSeconds(10);

    private final CaptureStarter starter;
    private final Publisher publisher;
    private final Retention retention;
    private final Clock clock;
    private final CaptureListener listener;
    private final ControlWatch control;
    private final Heartbeat heartbeat;
    private @Nullable SourceConnection source;
    private @Nullable Capture capture;
    private boolean renumber;
    private boolean rested;
    private Instant askedKafkaAt = Instant.MIN;
    private volatile PollStatus status;
    private volatile @Nullable Instant busySince;

    Poller(
            CaptureStarter starter,
            Publisher publisher,
            Retention retention,
            ControlWatch control,
            Heartbeat heartbeat,
            Clock clock,
            CaptureListener listener) {
        this.starter = starter;
        this.publisher = publisher;
        this.retention = retention;
        this.control = control;
        this.heartbeat = heartbeat;
        this.clock = clock;
        this.listener = listener;
        this.status = new PollStatus(State.STARTING, clock.instant(), 0, null, null, null);
    }

    /** What the poller is doing; safe to call from any thread. */
    public PollStatus status() {
        return status.during(busySince);
    }

    /** One step: at most one page of changes and one chunk of a table. Never throws. */
    PollOutcome pollOnce() {
        busySince = clock.instant();
        try {
            SourceConnection locked = source == null ? starter.lock() : source;
            source = locked;
            if (locked == null) {
                report(State.STANDBY, 0, null, null);
                return PollOutcome.STANDBY;
            }
            Control wanted = control.look(locked.jdbc());
            Pause pause = wanted.pause();
            return pause == null ? step(locked) : hold(pause);
        } catch (SQLException | RuntimeException | Error e) {
            // An error too leaves a step half done, which only a new start can mend.
            fail(e);
            return PollOutcome.FAILED;
        } finally {
            busySince = null;
        }
    }

    private PollOutcome step(SourceConnection locked) throws SQLException {
        Capture active = capture == null ? starter.start(locked, renumber) : capture;
        if (capture == null) {
            capture = active;
            renumber = false;
        }
        if (control.takeChanged()) {
            active.refreshSoon();
        }
        if (active.isBetweenTicks()) {
            heartbeat.beat(locked.jdbc());
        }
        PollOutcome outcome = active.step();
        report(State.RUNNING, active.epoch(), active.position(), null);
        if (active.isBetweenTicks() && retention.isDue()) {
            Intent rest = active.rest();
            retention.start(rest);
        }
        return outcome;
    }

    /** Keeps the lock. A producer that starts while it is paused does not take over yet what is under way. */
    private PollOutcome hold(Pause pause) throws SQLException {
        if (capture != null && status.state() != State.PAUSED) {
            capture.hold();
        }
        if (capture == null) {
            report(State.PAUSED, 0, storedPosition(), pause.toString());
        } else {
            report(State.PAUSED, capture.epoch(), capture.position(), pause.toString());
        }
        return PollOutcome.PAUSED;
    }

    /** If all is published that was committed before this producer became the active one: leaves nothing under way, and the log no longer than it has to be. Never throws. */
    void restIfCaughtUp() {
        Capture active = capture;
        if (active == null || !active.isCaughtUp()) {
            rested = false;
            return;
        }
        try {
            if (!rested) {
                retention.runOnAll(active.rest());
                rested = true;
            }
            listener.caughtUp();
        } catch (SQLException | RuntimeException | Error e) {
            fail(e);
        }
    }

    /** Null while Kafka cannot tell. */
    private @Nullable String storedPosition() {
        Instant now = clock.instant();
        boolean known = status.state() == State.PAUSED && status.position() != null;
        if (known || (status.state() == State.PAUSED && now.isBefore(askedKafkaAt.plus(ASK_AGAIN)))) {
            return status.position();
        }
        askedKafkaAt = now;
        try {
            return starter.storedPosition();
        } catch (KafkaUnavailableException e) {
            LOG.debug("The stored position cannot be read", e);
            return null;
        }
    }

    /**
     * Goes on from another place when it is resumed.
     *
     * @throws MoveRefusedException if this is not the active producer, or it is not paused
     */
    OffsetPlan move(OffsetTarget target) throws SQLException {
        SourceConnection locked = source;
        if (status.state() != State.PAUSED) {
            throw new MoveRefusedException(
                    "The producer is " + status.state()
                            + ", and the offset is moved only while it is PAUSED: call POST /admin/pause first, and POST /admin/resume afterwards");
        } else if (locked == null) {
            throw new MoveRefusedException("The producer has no connection to the source at the moment: try again");
        }
        busySince = clock.instant();
        boolean intact = true;
        try {
            Pause pause = ControlTable.read(locked.jdbc()).pause();
            if (pause == null) {
                throw new MoveRefusedException("The producer was told to go on: call POST /admin/pause first");
            }
            intact = false;
            if (capture != null) {
                capture.hold();
            }
            CaptureStarter.Moved moved = starter.move(locked, target);
            capture = moved.capture();
            renumber = false;
            intact = true;
            report(State.PAUSED, capture.epoch(), capture.position(), pause.toString());
            return moved.plan();
        } finally {
            busySince = null;
            if (!intact) {
                publisher.reset();
                release();
            }
        }
    }

    /** Ends the page that is under way, says so in Kafka where that is possible, and lets another producer become the active one. */
    void stop() {
        try {
            if (capture != null && capture.isBetweenTicks()) {
                capture.rest();
            } else if (capture != null) {
                capture.settle();
            }
        } catch (SQLException | RuntimeException e) {
            LOG.warn("Stopped in the midst of a page; it will be sent again at the next start", e);
        }
        release();
        report(State.STOPPED, 0, null, null);
    }

    private void fail(Throwable e) {
        if (e instanceof DeliveryFailedException) {
            renumber |= e instanceof TornPageException;
            publisher.reset();
        }
        if (e instanceof DeliveryFailedException || e instanceof KafkaUnavailableException) {
            listener.publishingFailed();
        }
        release();
        String problem = (e instanceof SQLException ? "The source cannot be used: " : "") + ErrorText.of(e);
        boolean known = status.state() == State.FAILED && problem.equals(status.problem());
        report(State.FAILED, 0, null, problem);
        if (!known) {
            listener.failed(problem);
        }
        if (!known && !isExpected(e)) {
            LOG.error("This was not foreseen", e);
        } else {
            LOG.debug("The step failed", e);
        }
    }

    /** What the environment does to a producer, and whose message says enough. */
    private static boolean isExpected(Throwable e) {
        return e instanceof SQLException
                || e instanceof KafkaUnavailableException
                || e instanceof DeliveryFailedException
                || e instanceof UnusableSourceException
                || e instanceof FlywayException;
    }

    private void release() {
        try {
            if (capture != null) {
                capture.close();
            } else if (source != null) {
                source.close();
            }
        } catch (SQLException | RuntimeException e) {
            LOG.debug("The connection to the source was lost", e);
        }
        capture = null;
        source = null;
        listener.released();
    }

    private void report(State state, long epoch, @Nullable String position, @Nullable String problem) {
        PollStatus before = status;
        boolean same = before.state() == state && Objects.equals(before.problem(), problem);
        status = new PollStatus(state, same ? before.since() : clock.instant(), epoch, position, problem, null);
        if (!same && problem == null) {
            LOG.info(
                    "The producer is {}{}",
                    state,
                    epoch == 0 ? "" : " in epoch " + epoch + " from position " + position);
        } else if (!same && state == State.PAUSED) {
            LOG.info("The producer is PAUSED: {}; changes wait in the log", problem);
        } else if (!same) {
            LOG.error("The producer is {}: {}; it goes on as soon as it can", state, problem);
        }
    }
}
