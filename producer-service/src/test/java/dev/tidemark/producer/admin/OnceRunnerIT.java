package dev.tidemark.producer.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.model.TopicNames;
import dev.tidemark.producer.capture.Pipeline;
import dev.tidemark.producer.capture.PollStatus;
import dev.tidemark.producer.capture.RunProperties;
import dev.tidemark.producer.source.TestSource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.DefaultApplicationArguments;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** The end of a run on a real source, beside a poller that has caught up. */
@ExtendWith(OutputCaptureExtension.class)
class OnceRunnerIT {

    private final TestSource source = TestSource.create();
    private final Clock clock = Clock.systemUTC();
    private final CaptureMonitor monitor = new CaptureMonitor(new CaptureMeters(new SimpleMeterRegistry()), clock);
    private final Supplier<PollStatus> poller =
            () -> new PollStatus(PollStatus.State.RUNNING, Instant.EPOCH, 1, "1:1:", null, null);
    private final Pipeline pipeline =
            new Pipeline("hr", "1.0", "instance-1", new TopicNames("hr"), List.of(), Map.of(), false);
    private final TableViews tables = new TableViews(source.tables(), pipeline, monitor, poller);
    private final RunProperties properties =
            new RunProperties(RunProperties.Run.ONCE, new RunProperties.Once(Duration.ofMinutes(1)));
    private final OnceRunner runner = new OnceRunner(poller, monitor, tables, properties, clock);

    @BeforeEach
    void publishAll() {
        source.execute("CREATE TABLE items (id int PRIMARY KEY); SELECT cdc.track('items')");
        monitor.caughtUp();
    }

    @Test
    void succeedsIfAllIsPublishedAndNothingWasMissed(CapturedOutput output) throws Exception {
        runner.run(new DefaultApplicationArguments());
        assertThat(runner.getExitCode()).isZero();
        assertThat(output).contains("Published all that was there");
    }

    @Test
    void failsWhileChangesWereMissedAndSaysWhatBringsThem(CapturedOutput output) throws Exception {
        source.execute("SET session_replication_role = replica; INSERT INTO items VALUES (1)");
        runner.run(new DefaultApplicationArguments());
        assertThat(runner.getExitCode()).isEqualTo(1);
        assertThat(output)
                .contains("public.items", "session_replication_role = replica", "UPDATE cdc.tracked_table SET copy_at")
                .doesNotContain("Published all that was there");
    }

    @Test
    void failsIfTheSourceDoesNotTell(CapturedOutput output) throws Exception {
        source.leave();
        runner.run(new DefaultApplicationArguments());
        assertThat(runner.getExitCode()).isEqualTo(1);
        assertThat(output).contains("the source does not tell whether changes were missed");
    }
}
