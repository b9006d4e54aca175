package dev.tidemark.test;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tables of random columns, written at random by sessions of their own, arrive as they are: for every type, value and kind of key that there is. */
class DifferentialIT {

    private static final int TABLES = 6;
    private static final int TRANSACTIONS = 150;

    @RegisterExtension
    final Pipelines pipelines = Pipelines.perTest();

    @Test
    void randomTablesAreEqualAfterRandomWrites() throws Exception {
        Random random = new Random(Seed.next());
        List<RandomTable> tables = new ArrayList<>();
        for (int i = 0; i < TABLES; i++) {
            tables.add(new RandomTable("public.random_" + i, i, random.nextLong()));
        }
        String[] names = tables.stream().map(RandomTable::name).toArray(String[]::new);
        Pipeline pipeline = pipelines.create(String.join(",", names)).producerWith("CDC_SNAPSHOT_MAXCHUNKROWS", "100");
        pipeline.onBoth(RandomTable.TYPES);
        for (RandomTable table : tables) {
            pipeline.onBoth(table.ddl());
            table.write(pipeline.source(), 20);
        }
        pipeline.start();
        List<Thread> threads = tables.stream()
                .map(table -> new Thread(() -> table.write(pipeline.source(), TRANSACTIONS), table.name()))
                .toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        tables.forEach(RandomTable::throwFailure);
        pipeline.awaitSnapshots(names);
        Tables.assertEqual(pipeline, names);
    }
}
