package dev.tidemark.test;

import dev.tidemark.stack.Server;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** SIGKILL of each process in turn, again and again under load: nothing is lost, and nothing is applied twice. */
@Tag("long")
class CrashIT {

    private static final int KILLS = 3;
    private static final int STATEMENTS_BETWEEN = 150;

    @RegisterExtension
    final Pipelines pipelines = Pipelines.perTest();

    private Pipeline pipeline;
    private AppliedAudit applied;

    @BeforeEach
    void start() {
        pipeline = pipelines.create(Items.TABLE);
        applied = Items.create(pipeline, Items.TABLE);
        pipeline.start().awaitSnapshots(Items.TABLE);
    }

    @Test
    void ofProducer() {
        survivesKillsOf(workload(), pipeline.producer());
    }

    @Test
    void ofConsumer() {
        survivesKillsOf(workload(), pipeline.consumer());
    }

    @Test
    void ofBroker() {
        survivesKillsOf(workload(), pipeline.stack().broker());
    }

    @Test
    void ofSource() {
        survivesKillsOf(workload().survivingDisconnection(), pipeline.stack().source());
    }

    @Test
    void ofDestination() {
        survivesKillsOf(workload(), pipeline.stack().destination());
    }

    @Test
    void ofAllAtOnce() {
        survivesKillsOf(
                workload().survivingDisconnection(),
                pipeline.stack().source(),
                pipeline.stack().destination(),
                pipeline.stack().broker(),
                pipeline.producer(),
                pipeline.consumer());
    }

    private Workload workload() {
        return new Workload(pipeline.source(), Items.TABLE);
    }

    private void survivesKillsOf(Workload workload, Server... servers) {
        try (workload) {
            workload.start();
            for (int i = 0; i < KILLS; i++) {
                Items.awaitFlow(pipeline, Items.TABLE);
                workload.awaitMore(STATEMENTS_BETWEEN);
                Stream.of(servers).parallel().forEach(Server::kill);
                Stream.of(servers).parallel().forEach(Server::start);
            }
            workload.awaitMore(STATEMENTS_BETWEEN);
            workload.stop();
        }
        Items.awaitFlow(pipeline, Items.TABLE);
        Tables.assertEqual(pipeline, Items.TABLE);
        applied.assertOnceAndInOrder();
        TopicAudit.of(pipeline, Items.TABLE).assertCompleteAndInOrder();
    }
}
