package dev.tidemark.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.stack.ServiceProcess;
import dev.tidemark.test.Admin.Answer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** What an operator does to a pipeline under load: pause, go on, and go back to the beginning. */
class LeversIT {

    @RegisterExtension
    final Pipelines pipelines = Pipelines.perTest();

    @Test
    void pausedResumedAndRewoundUnderLoadTheTablesAreEqual() {
        Pipeline pipeline = pipelines.create(Items.TABLE);
        Items.create(pipeline, Items.TABLE);
        pipeline.source().execute(Items.fill(Items.TABLE, 500));
        pipeline.start().awaitSnapshots(Items.TABLE);
        Admin producer = new Admin(pipeline.producer());
        Admin consumer = new Admin(pipeline.consumer());
        try (Workload workload = new Workload(pipeline.source(), Items.TABLE).start()) {
            workload.awaitMore(100);
            pause(pipeline.producer(), producer);
            JsonNode backlog = producer.get("/admin/status").path("backlog");
            workload.awaitMore(100);
            Await.until(
                    "a backlog",
                    () -> grows(backlog, producer.get("/admin/status").path("backlog")));
            assertThat(producer.patch("/admin/offsets?dry-run=true", "{\"to\":\"earliest\"}")
                            .body()
                            .path("again")
                            .asLong())
                    .isPositive();
            resume(pipeline, producer);

            pause(pipeline.consumer(), consumer);
            workload.awaitMore(100);
            Await.until("a lag", () -> consumer.get("/admin/status").path("lag").asLong() > 0);
            resume(pipeline, consumer);

            assertThat(producer.delete("/admin/offsets").status())
                    .as("while it runs")
                    .isEqualTo(409);
            pause(pipeline.producer(), producer);
            pause(pipeline.consumer(), consumer);
            succeeds(producer.patch("/admin/offsets", "{\"to\":\"earliest\"}"));
            succeeds(consumer.delete("/admin/offsets"));
            succeeds(producer.post("/admin/resume", ""));
            resume(pipeline, consumer);
            workload.stop();
        }
        Tables.assertEqual(pipeline, Items.TABLE);
        assertThat(pipeline.destination().number("SELECT count(*) FROM cdc.dead_letter"))
                .as("refused rows")
                .isZero();
    }

    private static void pause(ServiceProcess service, Admin admin) {
        succeeds(admin.post("/admin/pause", ""));
        Await.until(
                "pause",
                () -> admin.get("/admin/status").path("state").asString("").equals("PAUSED"));
        assertThat(Health.of(service).blames("paused by")).isTrue();
    }

    private static void resume(Pipeline pipeline, Admin admin) {
        succeeds(admin.post("/admin/resume", ""));
        Items.awaitFlow(pipeline, Items.TABLE);
    }

    private static void succeeds(Answer answer) {
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
    }

    private static boolean grows(JsonNode before, JsonNode now) {
        return now.path("rows").asLong() >= before.path("rows").asLong() + 100
                && now.path("oldestSeconds").asDouble()
                        > before.path("oldestSeconds").asDouble();
    }
}
