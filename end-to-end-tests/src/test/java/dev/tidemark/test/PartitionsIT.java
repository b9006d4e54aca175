package dev.tidemark.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.stack.ServiceProcess;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Topics of several partitions, whose events several consumers apply side by side. */
@Tag("long")
class PartitionsIT {

    private static final int TABLES = 8;
    private static final int TRANSACTIONS = 100;
    private static final int STATEMENTS = 300;

    @RegisterExtension
    final Pipelines pipelines = Pipelines.perTest();

    @Test
    void carryEveryKindOfKeyRangesAndTruncates() throws Exception {
        Random random = new Random(Seed.next());
        List<RandomTable> tables = new ArrayList<>();
        for (int i = 0; i < TABLES; i++) {
            tables.add(new RandomTable("public.random_" + i, i, random.nextLong()));
        }
        String[] names = tables.stream().map(RandomTable::name).toArray(String[]::new);
        Pipeline pipeline = pipelines
                .create(String.join(",", names))
                .producerWith("CDC_TOPICS_PARTITIONS", "3")
                .producerWith("CDC_SNAPSHOT_MAXCHUNKROWS", "50");
        pipeline.onBoth(RandomTable.TYPES);
        for (RandomTable table : tables) {
            pipeline.onBoth(table.ddl());
            table.write(pipeline.source(), 20);
            table.write(pipeline.destination(), 20); // what the snapshot has to remove
        }
        pipeline.start();
        ServiceProcess second = pipeline.newConsumer();
        second.launch();
        for (RandomTable table : tables) {
            table.write(pipeline.source(), TRANSACTIONS);
            table.throwFailure();
        }
        pipeline.awaitSnapshots(names);
        Tables.assertEqual(pipeline, names);

        tables.forEach(table -> table.write(pipeline.destination(), 20));
        String list = Arrays.stream(names).map(name -> '"' + name + '"').collect(Collectors.joining(","));
        new Admin(pipeline.producer()).post("/admin/snapshots", "{\"tables\":[" + list + "]}");
        tables.forEach(table -> table.write(pipeline.source(), 20));
        Tables.assertEqual(pipeline, names);
        assertThat(letters(pipeline)).isZero();
    }

    @Test
    void areTakenOverWhenConsumersComeAndGo() {
        Pipeline pipeline = pipelines.create(Items.TABLE).producerWith("CDC_TOPICS_PARTITIONS", "4");
        AppliedAudit applied = Items.create(pipeline, Items.TABLE);
        pipeline.start().awaitSnapshots(Items.TABLE);
        List<ServiceProcess> others = List.of(pipeline.newConsumer(), pipeline.newConsumer());
        others.forEach(ServiceProcess::launch);
        try (Workload workload = new Workload(pipeline.source(), Items.TABLE)) {
            workload.start();
            others.forEach(ServiceProcess::awaitReady);
            workload.awaitMore(STATEMENTS);
            pipeline.consumer().kill();
            workload.awaitMore(STATEMENTS);
            ServiceProcess added = pipeline.newConsumer();
            added.launch();
            added.awaitReady();
            workload.awaitMore(STATEMENTS);
            workload.stop();
        }
        Tables.assertEqual(pipeline, Items.TABLE);
        applied.assertOnceAndInOrder();
        assertThat(pipeline.destination()
                        .number("SELECT count(*) FROM cdc.applied_offset WHERE next_offset > 0 AND topic = '"
                                + pipeline.topic(Items.TABLE) + "'"))
                .isEqualTo(4);
        assertThat(letters(pipeline)).isZero();
    }

    private static long letters(Pipeline pipeline) {
        return pipeline.destination().number("SELECT count(*) FROM cdc.dead_letter");
    }
}
