package dev.tidemark.consumer.admin;

import dev.tidemark.consumer.apply.Problem;
import dev.tidemark.consumer.deadletter.CauseClass;
import dev.tidemark.consumer.deadletter.DeadLetterJobs;
import dev.tidemark.consumer.deadletter.DeadLetterQueries;
import dev.tidemark.consumer.ingest.KafkaUnavailableException;
import dev.tidemark.consumer.ingest.PipelineStatus;
import dev.tidemark.run.Progress;
import dev.tidemark.run.RunWait;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.ExitCodeGenerator;

/**
 * With {@code cdc.run=once}: waits until all is applied that was in Kafka at the start, and its dead letters are sent, and says what was done. The exit code
 * is 0; or 1 if not all of it could be done; or 2 if it could but dead letters are open, and that is to count as a failure.
 */
final class OnceRunner implements ApplicationRunner, ExitCodeGenerator, DisposableBean {

    private static final Logger log = LoggerFactory.getLogger(OnceRunner.class);

    private final PipelineStatus status;
    private final OnceBacklog backlog;
    private final DeadLetterQueries letters;
    private final DeadLetterJobs sending;
    private final ConsumerMeters meters;
    private final RunProperties.Once properties;
    private final Clock clock;
    private final RunWait wait;
    private int exitCode = 1;

    OnceRunner(
            PipelineStatus status,
            OnceBacklog backlog,
            DeadLetterQueries letters,
            DeadLetterJobs sending,
            ConsumerMeters meters,
            RunProperties.Once properties,
            Clock clock) {
        this.status = status;
        this.backlog = backlog;
        this.letters = letters;
        this.sending = sending;
        this.meters = meters;
        this.properties = properties;
        this.clock = clock;
        this.wait = new RunWait(properties.timeout(), clock);
    }

    @Override
    public void run(ApplicationArguments arguments) throws InterruptedException {
        Instant begin = clock.instant();
        String failure = wait.await(this::look);
        String seconds =
                "%.1f s".formatted(Duration.between(begin, clock.instant()).toMillis() / 1000.0);
        var applied = meters.applied();
        if (failure != null) {
            log.error(
                    "Not all that was there could be applied: {}. {} events in {}, which stay applied; the next run goes on from there{}",
                    failure,
                    applied.total(),
                    seconds,
                    applied);
            return;
        }
        log.info("Applied all that was there: {} events in {}{}", applied.total(), seconds, applied);
        if (!backlog.hasTopics()) {
            log.warn(
                    "Kafka has no topic of the pipeline: has its producer run, and have both the same cdc.pipeline.name?");
        }
        exitCode = reportLetters();
    }

    private Progress look() {
        if (status.control().paused()) {
            return Progress.hopeless("the consumers are " + status.control().words());
        }
        try {
            Map<String, Long> missing = backlog.missing();
            if (!missing.isEmpty()) {
                return Progress.held(missing, obstacle(missing));
            }
            if (status.busySince() != null) {
                return Progress.working(clock.instant()); // it is committed, but perhaps not counted yet
            }
            long unsent = letters.unpublished() - sending.unsendable();
            return unsent <= 0 || sending.publishingError() != null
                    ? Progress.finished()
                    : Progress.held(unsent, unsent + " dead letters are not sent to their topics");
        } catch (SQLException e) {
            return Progress.held(
                    "destination",
                    "the destination cannot be used: " + Problem.of(e).message());
        } catch (KafkaUnavailableException e) {
            return Progress.held("kafka", String.valueOf(e.getMessage()));
        }
    }

    private String obstacle(Map<String, Long> missing) {
        StringJoiner words = new StringJoiner("; ");
        add(words, "the destination", status.destination());
        add(words, "Kafka", status.broker());
        add(words, "Kafka", status.refusal());
        status.partitions().forEach((partition, known) -> add(words, partition.toString(), known.problem()));
        words.add("records that are not applied, by partition: " + missing);
        return words.toString();
    }

    private static void add(StringJoiner words, String what, @Nullable Problem problem) {
        if (problem != null) {
            words.add(what + ": " + problem.message());
        }
    }

    private int reportLetters() {
        Map<String, Map<CauseClass, Long>> open;
        try {
            open = letters.open();
        } catch (SQLException e) {
            log.error("The dead letters cannot be counted: {}", Problem.of(e).message());
            return 1;
        }
        if (open.isEmpty()) {
            return 0;
        }
        log.warn("Rows were refused: {} in this run, open dead letters by table and cause: {}", meters.refused(), open);
        if (sending.publishingError() != null) {
            log.warn("They are kept, but not all sent to their topics: {}", sending.publishingError());
        }
        return properties.failOnDeadLetters() ? 2 : 0;
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
