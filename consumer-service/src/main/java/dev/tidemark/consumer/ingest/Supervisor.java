package dev.tidemark.consumer.ingest;

import dev.tidemark.consumer.apply.DestinationPreparation;
import dev.tidemark.consumer.apply.Problem;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.listener.MessageListenerContainer;
import org.springframework.scheduling.TaskScheduler;

/**
 * Starts what needs the destination and Kafka as soon as they are there, whenever that is, and looks from time to time whether they still are. A listener
 * that has stopped for whatever reason is started again. What the group is told is heard here too.
 */
final class Supervisor implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(Supervisor.class);

    private final DestinationPreparation destination;
    private final ConsumerControl control;
    private final Topics topics;
    private final KafkaListenerEndpointRegistry listeners;
    private final PipelineStatus status;
    private final TaskScheduler scheduler;
    private final Duration interval;
    private boolean prepared;
    private volatile @Nullable ScheduledFuture<?> schedule;

    Supervisor(
            DestinationPreparation destination,
            ConsumerControl control,
            Topics topics,
            KafkaListenerEndpointRegistry listeners,
            PipelineStatus status,
            TaskScheduler scheduler,
            Duration interval) {
        this.destination = destination;
        this.control = control;
        this.topics = topics;
        this.listeners = listeners;
        this.status = status;
        this.scheduler = scheduler;
        this.interval = interval;
    }

    /** Looks, and starts what can be started. */
    void check() {
        status.destination(problemOf("The destination", status.destination(), this::checkDestination));
        status.broker(problemOf("Kafka", status.broker(), this::checkBroker));
    }

    private void checkBroker() {
        topics.check();
        if (prepared && isRunning()) {
            ensureListening();
        }
    }

    private void checkDestination() throws Exception {
        if (prepared) {
            destination.check();
            control.refresh();
        } else {
            destination.prepare();
            control.refresh();
            prepared = true;
        }
    }

    private void ensureListening() {
        MessageListenerContainer listener = listener();
        if (listener.isRunning() && !listener.isInExpectedState()) {
            log.warn("The listener has stopped by itself");
            status.started(false);
            listener.stop();
        }
        if (!listener.isRunning()) {
            listener.start();
            log.info("Listening to Kafka");
        }
        status.started(listener.isRunning());
    }

    private MessageListenerContainer listener() {
        MessageListenerContainer listener = listeners.getListenerContainer(ChangeListener.ID);
        if (listener == null) {
            throw new IllegalStateException("No listener " + ChangeListener.ID);
        }
        return listener;
    }

    /** Something that fails when what it needs is not there. */
    private interface Check {
        void run() throws Exception;
    }

    private static @Nullable Problem problemOf(String what, @Nullable Problem before, Check check) {
        try {
            check.run();
            if (before != null) {
                log.info("{} is back", what);
            }
            return null;
        } catch (Exception e) {
            Problem problem = Problem.of(e);
            // Again when there is more to say: at first it may only be that nothing has answered yet.
            if (before == null || !Objects.equals(before.sqlState(), problem.sqlState())) {
                log.warn("{} cannot be used: sqlState={} message={}", what, problem.sqlState(), problem.message());
            }
            return problem;
        }
    }

    @Override
    public void start() {
        schedule = scheduler.scheduleWithFixedDelay(this::check, interval);
    }

    /** Before the listener stops, so that it is not started again. */
    @Override
    public void stop() {
        ScheduledFuture<?> running = schedule;
        if (running != null) {
            running.cancel(false);
        }
        schedule = null;
    }

    @Override
    public boolean isRunning() {
        return schedule != null;
    }
}
