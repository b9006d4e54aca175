package dev.tidemark.test;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The log is shortened under load, and every row that was ever in it has been published. */
class RetentionIT {

    /** Slots of two seconds in place of hours. */
    private static final String QUICK_SLOTS = """
            CREATE OR REPLACE FUNCTION cdc.current_slot() RETURNS smallint LANGUAGE sql VOLATILE AS $$
              SELECT (date_part('epoch', clock_timestamp())::bigint / 2 % 4)::smallint
            $$""";

    private static final String SLOTS_EMPTIED = "SELECT count(*) FROM cdc.log_slot WHERE truncated > 0";
    private static final String EVER_LOGGED =
            "SELECT sum(truncated) + (SELECT count(*) FROM cdc.change_log) FROM cdc.log_slot";

    @RegisterExtension
    final Pipelines pipelines = Pipelines.perTest();

    @Test
    void emptiedSlotsHaveLostNothing() {
        Pipeline pipeline = pipelines.create(Items.TABLE).producerWith("CDC_RETENTION_INTERVAL", "1s");
        AppliedAudit applied = Items.create(pipeline, Items.TABLE);
        pipeline.start().awaitSnapshots(Items.TABLE);
        pipeline.source().execute(QUICK_SLOTS);
        try (Workload workload = new Workload(pipeline.source(), Items.TABLE).start()) {
            Await.until("all slots", () -> pipeline.source().number(SLOTS_EMPTIED) == 4);
            pipeline.producer().kill();
            pipeline.producer().start();
            long emptied = pipeline.source().number("SELECT sum(truncated) FROM cdc.log_slot");
            Await.until("more", () -> pipeline.source().number("SELECT sum(truncated) FROM cdc.log_slot") > emptied);
            workload.stop();
        }
        Tables.assertEqual(pipeline, Items.TABLE);
        assertThat(Health.of(pipeline.producer()).isUp())
                .as("audit of the slots: %s", Health.of(pipeline.producer()))
                .isTrue();
        applied.assertOnceAndInOrder();
        TopicAudit topic = TopicAudit.of(pipeline, Items.TABLE);
        topic.assertInOrder();
        assertThat(topic.changes()).hasSize((int) pipeline.source().number(EVER_LOGGED));
    }
}
