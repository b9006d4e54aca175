package dev.tidemark.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.stack.Service;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** All that a pipeline has made is taken away, by the services themselves, and it begins anew. */
class ResetIT {

    private static final String SCHEMAS = "SELECT count(*) FROM pg_namespace WHERE nspname = 'cdc'";
    private static final String TRIGGERS = "SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'zz_cdc%'";

    @RegisterExtension
    final Pipelines pipelines = Pipelines.perTest();

    @Test
    void takesAwayWhatThePipelineHasMade() throws Exception {
        Pipeline pipeline = pipelines.create(Items.TABLE);
        pipeline.onBoth("CREATE TABLE item (id bigint PRIMARY KEY, v text)");
        pipeline.source().execute("INSERT INTO item SELECT g, 'x' FROM generate_series(1, 100) g");
        pipeline.start().awaitSnapshots(Items.TABLE);
        Tables.assertEqual(pipeline, Items.TABLE);

        assertThat(reset(pipeline.producerService(), 1, "", "--yes")).contains("A producer is at work");
        assertThat(reset(pipeline.consumerService(), 1, "", "--yes")).contains("A consumer is at work");
        assertThat(pipeline.source().number(TRIGGERS)).isPositive();

        pipeline.producer().stop();
        pipeline.consumer().stop();
        assertThat(reset(pipeline.producerService(), 1, "")).contains("--yes");
        assertThat(reset(pipeline.producerService(), 1, "no\n")).contains("Nothing was removed");
        assertThat(pipeline.source().number(SCHEMAS)).isEqualTo(1);
        reset(pipeline.producerService(), 0, pipeline.prefix() + "\n");
        reset(pipeline.consumerService(), 0, "", "--yes");
        assertThat(reset(pipeline.producerService(), 0, "", "--yes"))
                .as("once more")
                .contains("topics []");
        assertThat(pipeline.source().number(SCHEMAS)).isZero();
        assertThat(pipeline.source().number(TRIGGERS)).isZero();
        assertThat(pipeline.destination().number(SCHEMAS)).isZero();
        assertThat(topics(pipeline)).isEmpty();
        assertThat(pipeline.destination().number("SELECT count(*) FROM item")).isEqualTo(100);

        pipeline.source().execute("DELETE FROM item WHERE id < 50", "INSERT INTO item VALUES (1000, 'new')");
        pipeline.producer().start();
        pipeline.consumer().start();
        pipeline.awaitSnapshots(Items.TABLE);
        Tables.assertEqual(pipeline, Items.TABLE);
    }

    private static List<String> topics(Pipeline pipeline) throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(
                Map.of("bootstrap.servers", pipeline.stack().broker().bootstrapServers()))) {
            return admin.listTopics().names().get().stream()
                    .filter(name -> name.startsWith(pipeline.prefix() + "."))
                    .toList();
        }
    }

    /** Runs it to its end, and returns what it has said. */
    private static String reset(Service service, int exitCode, String typed, String... options) throws Exception {
        List<String> command = new ArrayList<>(service.command());
        command.add("--reset");
        command.addAll(List.of(options));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(service.environment());
        Process process = builder.start();
        try (OutputStream input = process.getOutputStream()) {
            input.write(typed.getBytes(StandardCharsets.UTF_8));
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isEqualTo(exitCode);
        return said;
    }
}
