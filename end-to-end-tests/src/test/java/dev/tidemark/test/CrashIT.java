package dev.tidemark.test;

import dev.tidemark.stack.Server;
import java.util.function.Function;
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
        survivesKillsOf(Pipeline::producer, workload());
    }

    @Test
    void ofConsumer() {
        survivesKillsOf(Pipeline::consumer, workload());
    }

    @Test
    void ofBroker() {
        survivesKillsOf(one -> one.stack().broker(), workload());
    }

    @Test
    void ofSource() {
        survivesKillsOf(one -> one.stack().source(), workload().survivingDisconnection());
    }

    @Test
    void ofDestination() {
        survivesKillsOf(one -> one.stack().destination(), workload());
    }

    private Workload workload() {
        return new Workload(pipeline.source(), Items.TABLE);
    }

    private void survivesKillsOf(Function<Pipeline, Server> which, Workload workload) {
        try (workload) {
            workload.start();
            for (int i = 0; i < KILLS; i++) {
                Items.awaitFlow(pipeline, Items.TABLE);
                workload.awaitMore(STATEMENTS_BETWEEN);
                which.apply(pipeline).kill();
                which.apply(pipeline).start();
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
