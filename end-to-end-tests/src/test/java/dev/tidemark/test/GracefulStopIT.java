package dev.tidemark.test;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** SIGTERM ends a service with what it has in hand: nothing has to be sent again. */
class GracefulStopIT {

    private static final int STOPS = 2;

    @RegisterExtension
    final Pipelines pipelines = Pipelines.perTest();

    @Test
    void stoppedInTheMidstOfLoadNothingIsSentTwice() {
        Pipeline pipeline = pipelines.create(Items.TABLE);
        AppliedAudit applied = Items.create(pipeline, Items.TABLE);
        pipeline.start().awaitSnapshots(Items.TABLE);
        try (Workload workload = new Workload(pipeline.source(), Items.TABLE).start()) {
            for (int i = 0; i < STOPS; i++) {
                workload.awaitMore(200);
                pipeline.producer().stop();
                pipeline.consumer().stop();
                pipeline.producer().start();
                pipeline.consumer().start();
            }
            workload.stop();
        }
        Tables.assertEqual(pipeline, Items.TABLE);
        applied.assertOnceAndInOrder();
        TopicAudit topic = TopicAudit.of(pipeline, Items.TABLE);
        topic.assertCompleteAndInOrder();
        assertThat(topic.repeats()).as("records that were sent again").isZero();
    }
}
