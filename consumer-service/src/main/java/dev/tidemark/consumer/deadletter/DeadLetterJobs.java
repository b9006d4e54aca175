package dev.tidemark.consumer.deadletter;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * What goes on with dead letters beside applying, on threads of its own: they are sent to the dead-letter topics, counted, and forgotten at last. What fails
 * is tried again; after an error of the JVM too, for which an executor would drop the job without a word.
 */
public final class DeadLetterJobs implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(DeadLetterJobs.class);

    private static final Duration COUNT_INTERVAL = Duration.ofSeconds(3);
    private static final Duration FORGET_INTERVAL = Duration.ofMinutes(1);
    private static final Duration LONGEST_DELAY = Duration.ofSeconds(30);
    private static final long STOP_SECONDS = 5;

    private final DeadLetterPublisher publisher;
    private final DeadLetterQueries queries;
    private final DeadLetterClosing closing;
    private final DeadLetterProperties properties;
    private final Clock clock;
    private final AtomicLong failures = new AtomicLong();
    private Instant nextTry = Instant.MIN;
    private Duration delay = Duration.ZERO;
    private volatile @Nullable String error;
    private volatile Consumer<Map<String, Map<CauseClass, Long>>> observer = open -> {};
    private volatile @Nullable ScheduledExecutorService sending;
    /** Another thread, since sending may wait for Kafka. */
    private @Nullable ScheduledExecutorService keeping;

    DeadLetterJobs(
            DeadLetterPublisher publisher,
            DeadLetterQueries queries,
            DeadLetterClosing closing,
            DeadLetterProperties properties,
            Clock clock) {
        this.publisher = publisher;
        this.queries = queries;
        this.closing = closing;
        this.properties = properties;
        this.clock = clock;
    }

    /** Has itself told now and then how many open letters each table has, by its name and by cause; those that could not be understood under an empty name. */
    public void observeOpen(Consumer<Map<String, Map<CauseClass, Long>>> told) {
        observer = told;
    }

    /** Why letters, or those of a topic, cannot be sent to Kafka; null if they can. */
    public @Nullable String publishingError() {
        String all = error;
        return all == null ? publisher.topicFault() : all;
    }

    /** How many letters were sent since the start. */
    public long published() {
        return publisher.published();
    }

    /** How often sending has failed since the start. */
    public long publishingFailures() {
        return failures.get() + publisher.topicFaults();
    }

    /** How many letters Kafka does not take, whatever is tried. */
    public int unsendable() {
        return publisher.unsendable();
    }

    /** Sends what there is, unless that has just failed. */
    void publish() {
        if (clock.instant().isBefore(nextTry)) {
            return;
        }
        try {
            while (publisher.publishPage() && isRunning()) {
                succeeded();
            }
            succeeded();
        } catch (SQLException e) {
            // The destination is away, or not prepared yet; who applies says so.
            log.debug("Dead letters cannot be read", e);
        } catch (RuntimeException e) {
            failed(String.valueOf(e.getMessage()));
        } catch (Error e) {
            log.error("Sending dead letters has failed", e);
            failed(e.toString());
        }
    }

    private void succeeded() {
        if (error != null) {
            log.info("Dead letters are sent to Kafka again");
        }
        error = null;
        delay = Duration.ZERO;
    }

    private void failed(String message) {
        failures.incrementAndGet();
        if (error == null) {
            log.warn("Dead letters cannot be sent to Kafka: message={}", message);
        }
        error = message;
        Duration twice = delay.isZero() ? properties.publishInterval() : delay.multipliedBy(2);
        delay = twice.compareTo(LONGEST_DELAY) < 0 ? twice : LONGEST_DELAY;
        nextTry = clock.instant().plus(delay);
    }

    void count() {
        try {
            observer.accept(queries.open());
        } catch (SQLException | RuntimeException e) {
            log.debug("Dead letters cannot be counted", e);
        } catch (Error e) {
            log.error("Counting dead letters has failed", e);
        }
    }

    void forget() {
        try {
            long forgotten = closing.forget(properties.retention());
            if (forgotten > 0) {
                log.info("Forgot dead letters: letters={} retention={}", forgotten, properties.retention());
            }
        } catch (SQLException | RuntimeException e) {
            log.debug("Dead letters cannot be forgotten", e);
        } catch (Error e) {
            log.error("Forgetting dead letters has failed", e);
        }
    }

    @Override
    public void start() {
        ScheduledExecutorService sender = Executors.newSingleThreadScheduledExecutor(DeadLetterJobs::thread);
        ScheduledExecutorService keeper = Executors.newSingleThreadScheduledExecutor(DeadLetterJobs::thread);
        sending = sender;
        keeping = keeper;
        schedule(sender, this::publish, properties.publishInterval());
        schedule(keeper, this::count, COUNT_INTERVAL);
        schedule(keeper, this::forget, FORGET_INTERVAL);
    }

    private static void schedule(ScheduledExecutorService executor, Runnable job, Duration interval) {
        var unused = executor.scheduleWithFixedDelay(job, 0, interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static Thread thread(Runnable job) {
        Thread thread = new Thread(job, "dead-letters");
        thread.setDaemon(true);
        return thread;
    }

    /** What is being sent may end; what is cut off will be sent again. */
    @Override
    public void stop() {
        ScheduledExecutorService sender = sending;
        sending = null;
        stop(keeping);
        stop(sender);
    }

    private static void stop(@Nullable ScheduledExecutorService executor) {
        if (executor == null) {
            return;
        }
        executor.shutdown();
        try {
            if (!executor.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                executor.shutdownNow();
            }
        } catch (InterruptedException e) {
            executor.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return sending != null;
    }
}
