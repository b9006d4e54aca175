package dev.tidemark.producer.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.model.TableId;
import dev.tidemark.producer.admin.SourceHealth.Seen;
import dev.tidemark.producer.capture.PollStatus;
import dev.tidemark.producer.capture.PollStatus.State;
import dev.tidemark.producer.source.OpenTransaction;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

class PipelineHealthIndicatorTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
    private final CaptureMonitor monitor = new CaptureMonitor(new CaptureMeters(new SimpleMeterRegistry()), clock);

    private Seen seen = Seen.NOTHING;

    @Test
    void isUpWhileStepsEnd() {
        assertThat(health(State.RUNNING, null).getStatus()).isEqualTo(Status.UP);
        assertThat(health(State.RUNNING, NOW.minusSeconds(29)).getStatus()).isEqualTo(Status.UP);
    }

    @Test
    void isDownWhilePausedAndSaysByWhom() {
        PollStatus paused = new PollStatus(State.PAUSED, NOW, 1, "1:1:", "paused by ada since " + NOW, null);
        Health health =
                new PipelineHealthIndicator(() -> paused, monitor, () -> seen, Duration.ofSeconds(30), clock).health();
        assertThat(health.getStatus()).isEqualTo(Status.DOWN);
        assertThat(health.getDetails()).containsEntry("problem", "paused by ada since 2026-01-01T00:00:00Z");
    }

    @Test
    void isDownWhileAStepTakesTooLong() {
        for (State state : new State[] {State.RUNNING, State.STANDBY}) {
            Health health = health(state, NOW.minusSeconds(31));
            assertThat(health.getStatus()).isEqualTo(Status.DOWN);
            assertThat(String.valueOf(health.getDetails().get("step"))).contains("since 2025-12-31T23:59:29Z");
        }
    }

    @Test
    void isDownWhileChangesAreLost() {
        seen = new Seen(null, Map.of("public.items", "no enabled trigger"), List.of());
        monitor.tableProblem(new TableId("public", "items"), "cannot be tracked");
        monitor.tableProblem(new TableId("public", "other"), "does not exist");
        Health health = health(State.RUNNING, null);
        assertThat(health.getStatus()).isEqualTo(Status.DOWN);
        assertThat(health.getDetails())
                .containsEntry(
                        "tables", Map.of("public.items", "no enabled trigger", "public.other", "does not exist"));
        seen = new Seen("it is away", Map.of(), List.of());
        assertThat(health(State.RUNNING, null).getDetails()).containsEntry("source", "it is away");
    }

    @Test
    void namesOldTransactionsWithoutBeingDown() {
        seen = new Seen(
                null, Map.of(), List.of(new OpenTransaction("3/7", 42, null, "ada", "psql", "active", NOW, 9.0, NOW)));
        Health health = health(State.RUNNING, null);
        assertThat(health.getStatus()).isEqualTo(Status.UP);
        assertThat(health.getDetails().get("waitingForCommit").toString()).contains("process 42 of ada (psql), active");
    }

    @Test
    void forgetsTheProblemsOfTablesWhenAnotherProducerSeesToThem() {
        monitor.tableProblem(new TableId("public", "missing"), "does not exist");
        monitor.waitingForKafka();
        monitor.audited(1, false);
        assertThat(health(State.RUNNING, null).getDetails()).containsKeys("tables", "problem", "audit");

        monitor.released();
        assertThat(health(State.STANDBY, null).getStatus()).isEqualTo(Status.UP);
        assertThat(health(State.RUNNING, null).getDetails())
                .as("what the log lacks is lacking whoever is at work")
                .containsKey("audit")
                .doesNotContainKeys("tables", "problem");
    }

    private Health health(State state, @Nullable Instant busySince) {
        PollStatus status = new PollStatus(state, NOW, 1, "1:1:", null, busySince);
        return new PipelineHealthIndicator(() -> status, monitor, () -> seen, Duration.ofSeconds(30), clock).health();
    }
}
