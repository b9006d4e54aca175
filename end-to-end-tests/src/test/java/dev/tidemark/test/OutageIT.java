package dev.tidemark.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.stack.Server;
import dev.tidemark.stack.ServiceProcess;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is away for 20 s is waited for: writers notice nothing, health says what is wrong, and all goes on by itself. */
@Tag("long")
class OutageIT {

    private static final Duration AWAY = Duration.ofSeconds(20);

    @RegisterExtension
    final Pipelines pipelines = Pipelines.perTest();

    private Pipeline pipeline;
    private AppliedAudit applied;

    @BeforeEach
    void start() {
        pipeline = pipelines.create(Items.TABLE);
        applied = Items.create(pipeline, Items.TABLE);
        pipeline.start().awaitSnapshots(Items.TABLE);
        Items.awaitFlow(pipeline, Items.TABLE);
    }

    @Test
    void ofBrokerLetsTheLogGrow() {
        survives(pipeline.stack().broker(), pipeline.producer(), "Kafka", () -> {
            long rows = backlog();
            Await.until("growth of the log", () -> backlog() > rows + 50);
        });
    }

    @Test
    void ofDestinationRefusesNoRow() {
        survives(pipeline.stack().destination(), pipeline.consumer(), "destination", () -> {});
        assertThat(pipeline.destination().number("SELECT count(*) FROM cdc.dead_letter"))
                .isZero();
    }

    private void survives(Server server, ServiceProcess victim, String cause, Runnable meanwhile) {
        try (Workload workload = new Workload(pipeline.source(), Items.TABLE).start()) {
            workload.awaitMore(100);
            workload.slowestMillis();
            long committed = workload.committed();
            long begun = System.nanoTime();
            server.stop();
            Await.until(
                    "health DOWN because of " + cause, () -> Health.of(victim).blames(cause));
            meanwhile.run();
            Await.until("20 s", () -> System.nanoTime() - begun > AWAY.toNanos());
            assertThat(Health.of(victim).isUp()).isFalse();
            assertThat(workload.committed() - committed)
                    .as("statements meanwhile")
                    .isGreaterThan(500);
            assertThat(workload.slowestMillis())
                    .as("the slowest of them, in ms")
                    .isLessThan(5_000);
            server.start();
            Items.awaitFlow(pipeline, Items.TABLE);
            workload.stop();
        }
        Await.until(
                "health UP",
                () -> Health.of(pipeline.producer()).isUp()
                        && Health.of(pipeline.consumer()).isUp());
        Tables.assertEqual(pipeline, Items.TABLE);
        applied.assertOnceAndInOrder();
        TopicAudit.of(pipeline, Items.TABLE).assertCompleteAndInOrder();
    }

    private long backlog() {
        return Health.endpoint(pipeline.producer(), "lag").path("rows").asLong(0);
    }
}
