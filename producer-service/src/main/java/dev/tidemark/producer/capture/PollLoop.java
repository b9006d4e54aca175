package dev.tidemark.producer.capture;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.Trigger;
import org.springframework.scheduling.TriggerContext;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/** Runs the poller's steps on a thread of its own, each as long after the one before as what that found asks for. */
final class PollLoop implements SmartLifecycle, Trigger {

    /** How long the poller may take for what is asked of it. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Poller poller;
    private final PollDelay delay;
    private final AtomicBoolean stopping;
    private final boolean once;
    private final ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
    private volatile PollOutcome last = PollOutcome.MORE;
    private @Nullable ScheduledFuture<?> steps;

    /**
     * @param stopping is set when the steps are to end
     * @param once whether somebody waits for the poller to have caught up
     */
    PollLoop(Poller poller, PollDelay delay, AtomicBoolean stopping, boolean once) {
        this.poller = poller;
        this.delay = delay;
        this.stopping = stopping;
        this.once = once;
    }

    @Override
    public Instant nextExecution(TriggerContext context) {
        return context.getClock().instant().plus(delay.after(last));
    }

    @Override
    public void start() {
        stopping.set(false);
        scheduler.setThreadNamePrefix("poller-");
        scheduler.initialize();
        steps = scheduler.schedule(this::step, this);
    }

    private void step() {
        last = poller.pollOnce();
        if (once) {
            poller.restIfCaughtUp();
        }
    }

    /**
     * Does something between two steps, on the poller's own thread.
     *
     * @throws TimeoutException if it has not come to its end in time; then it is left out, unless it has begun
     */
    <T> T call(Callable<T> work) throws Exception {
        Future<T> result = scheduler.submit(work);
        try {
            return result.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } catch (TimeoutException e) {
            result.cancel(false);
            throw new TimeoutException("The producer has not answered within " + PATIENCE.toSeconds() + " s");
        }
    }

    /** Ends the page under way, on the poller's own thread, and then calls back. */
    @Override
    public void stop(Runnable callback) {
        stopping.set(true);
        if (steps != null) {
            steps.cancel(false);
            steps = null;
        }
        scheduler.execute(() -> {
            poller.stop();
            scheduler.shutdown();
            callback.run();
        });
    }

    @Override
    public void stop() {
        stop(() -> {});
    }

    @Override
    public boolean isRunning() {
        return steps != null;
    }
}
