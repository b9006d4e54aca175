package dev.tidemark.producer.admin;

import dev.tidemark.model.ErrorText;
import dev.tidemark.producer.capture.PollStatus;
import dev.tidemark.producer.capture.RunProperties;
import dev.tidemark.run.Progress;
import dev.tidemark.run.RunWait;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.ExitCodeGenerator;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.stereotype.Component;

/**
 * With {@code cdc.run=once}: waits until all is in Kafka that was committed at the source before the start, snapshots included, and says what was done. The
 * exit code is 0, or 1 if not all of it could be done.
 */
@Component
@ConditionalOnProperty(name = "cdc.run", havingValue = "once")
final class OnceRunner implements ApplicationRunner, ExitCodeGenerator, DisposableBean {

    private static final Logger LOG = LoggerFactory.getLogger(OnceRunner.class);

    private static final String LOSSES =
            "tables are not, or were not, captured without a gap: %s. Without a producer that runs, the next run takes a new snapshot of a table after this at the source:"
                    + " UPDATE cdc.tracked_table SET copy_at = clock_timestamp(), copy_after = NULL, copy_up_to = NULL"
                    + " WHERE (schema_name, table_name) = ('…', '…')";

    private final Supplier<PollStatus> poller;
    private final CaptureMonitor monitor;
    private final TableViews tables;
    private final Clock clock;
    private final RunWait wait;
    private int exitCode = 1;

    OnceRunner(
            Supplier<PollStatus> poller,
            CaptureMonitor monitor,
            TableViews tables,
            RunProperties properties,
            Clock clock) {
        this.poller = poller;
        this.monitor = monitor;
        this.tables = tables;
        this.clock = clock;
        this.wait = new RunWait(properties.once().timeout(), clock);
    }

    @Override
    public void run(ApplicationArguments arguments) throws InterruptedException {
        Instant begin = clock.instant();
        String failure = wait.await(this::look);
        if (failure == null && !monitor.failedAudits().isEmpty()) {
            failure = "rows of the change log were not published: slots " + monitor.failedAudits();
        }
        if (failure == null) {
            failure = losses();
        }
        String seconds =
                "%.1f s".formatted(Duration.between(begin, clock.instant()).toMillis() / 1000.0);
        var published = monitor.published();
        if (failure == null) {
            exitCode = 0;
            LOG.info("Published all that was there: {} events in {}{}", published.total(), seconds, published);
        } else {
            LOG.error(
                    "Not all that was there could be published: {}. {} events in {}, which stay published; the next run goes on from there{}",
                    failure,
                    published.total(),
                    seconds,
                    published);
        }
    }

    /** What the triggers have missed can be in none of the events. */
    private @Nullable String losses() {
        try {
            Map<String, String> losses = tables.losses();
            return losses.isEmpty() ? null : LOSSES.formatted(losses);
        } catch (SQLException e) {
            return "the source does not tell whether changes were missed: " + ErrorText.of(e);
        }
    }

    private Progress look() {
        if (monitor.isComplete()) {
            return Progress.finished();
        }
        PollStatus status = poller.get();
        return switch (status.state()) {
            case PAUSED -> Progress.hopeless("the producer is " + status.problem());
            case STANDBY -> Progress.held(status.state(), "another producer is the active one");
            case FAILED -> Progress.held(status.state(), String.valueOf(status.problem()));
            case STARTING -> Progress.working(clock.instant()); // what takes too long is a failure
            case STOPPED -> Progress.held(status.state(), "it was stopped");
            case RUNNING -> running(status, monitor.waitingSince());
        };
    }

    private Progress running(PollStatus status, @Nullable Instant waitingSince) {
        if (waitingSince != null) {
            return Progress.held(waitingSince, "Kafka does not answer, or does not acknowledge what was sent");
        }
        if (monitor.isCaughtUp() && !monitor.problems().isEmpty()) {
            return Progress.held("blocked", String.join("; ", monitor.problems().values()));
        }
        // A step may take long, for example when it has to sort a long log.
        return Progress.working(status.busySince() == null ? String.valueOf(status.position()) : clock.instant());
    }

    @Override
    public int getExitCode() {
        return exitCode;
    }

    @Override
    public void destroy() {
        wait.close();
    }
}
