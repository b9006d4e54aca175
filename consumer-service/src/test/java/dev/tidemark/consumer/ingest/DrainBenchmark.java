package dev.tidemark.consumer.ingest;

import dev.tidemark.consumer.Events;
import dev.tidemark.consumer.apply.OffsetStore;
import dev.tidemark.consumer.apply.PartitionBatch;
import dev.tidemark.consumer.apply.Sink;
import dev.tidemark.consumer.apply.TestDestination;
import dev.tidemark.consumer.rules.Rules;
import dev.tidemark.consumer.rules.RulesProperties;
import dev.tidemark.model.Operation;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * How fast records become rows, without Kafka: run it pinned to a core, e.g. with taskset. Arguments: changes, records
 * of a batch, a condition that the destination checks, a file of rules. Salaries are 1000 to 9999.
 */
public final class DrainBenchmark {

    private static final TopicPartition PARTITION = new TopicPartition("x.public.employees", 0);

    private DrainBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        int changes = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 500_000;
        int size = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5000;
        try (TestDestination destination = TestDestination.create()) {
            destination.execute(
                    "CREATE TABLE employees (emp_id serial PRIMARY KEY, first_name varchar(100), last_name varchar(100), dob date,"
                            + " city varchar(100), salary int)");
            if (arguments.length > 2 && !arguments[2].isEmpty()) {
                destination.execute("ALTER TABLE employees ADD CHECK (" + arguments[2] + ")");
            }
            List<String> files = arguments.length > 3 ? List.of(arguments[3]) : List.of();
            Sink sink = destination.sink(Rules.load(new RulesProperties(files)));
            Feed feed = new Feed(
                    PARTITION,
                    "id",
                    new OffsetStore(destination.dataSource())
                            .claim(Map.of(PARTITION, "id"))
                            .get(PARTITION));
            List<List<ConsumerRecord<byte[], byte[]>>> batches = batches(changes, size);
            for (String phase : List.of("insert", "mixed")) {
                long begin = System.nanoTime();
                long server = serverMicros(destination);
                long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
                long parse = 0;
                for (List<ConsumerRecord<byte[], byte[]>> batch : batches.subList(
                        phase.equals("insert") ? 0 : batches.size() / 2,
                        phase.equals("insert") ? batches.size() / 2 : batches.size())) {
                    long start = System.nanoTime();
                    PartitionBatch piece = feed.take(batch).batch();
                    parse += System.nanoTime() - start;
                    if (sink.apply(List.of(piece)).get(0).problem() != null) {
                        throw new IllegalStateException("not applied");
                    }
                    feed.committed(piece.end());
                }
                double cpuMicros = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpu) / 1e3;
                double seconds = (System.nanoTime() - begin) / 1e9;
                System.out.printf(
                        "refused %s, %s: %,d changes in %.1f s, %,.0f changes/s, parsing %.0f %%, CPU %.1f us a change here and %.1f there%n",
                        destination.value("SELECT count(*) FROM cdc.dead_letter"),
                        phase,
                        changes / 2,
                        seconds,
                        changes / 2 / seconds,
                        parse / 1e7 / seconds,
                        cpuMicros / (changes / 2),
                        (serverMicros(destination) - server) / (changes / 2.0));
            }
        }
    }

    /** What the sessions of the database have used so far; 0 where it cannot be seen. */
    private static long serverMicros(TestDestination destination) throws IOException {
        long ticks = 0;
        for (String pid : destination.rows("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")) {
            Path stat = Path.of("/proc", pid, "stat");
            if (Files.exists(stat)) {
                String[] fields =
                        Files.readString(stat).replaceFirst(".*\\) ", "").split(" ");
                ticks += Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
            }
        }
        return ticks * 10_000;
    }

    /** The first half inserts rows, the second changes, deletes and inserts them at random. */
    private static List<List<ConsumerRecord<byte[], byte[]>>> batches(int changes, int size) {
        Events events = Events.of("employees");
        Random random = new Random(1);
        List<List<ConsumerRecord<byte[], byte[]>>> batches = new ArrayList<>();
        for (int i = 0; i < changes; i++) {
            if (i % size == 0) {
                batches.add(new ArrayList<>(size));
            }
            boolean first = i < changes / 2;
            int id = first ? i : random.nextInt(changes / 2);
            Operation operation =
                    first ? Operation.CREATE : random.nextInt(10) == 0 ? Operation.DELETE : Operation.UPDATE;
            String row =
                    "{'emp_id':%d,'first_name':'First%d','last_name':'Last%d','dob':'1980-01-%02d','city':'City %d','salary':%d}"
                            .formatted(id, id % 1000, id % 777, 1 + id % 28, id % 100, 1000 + random.nextInt(9000));
            batches.get(batches.size() - 1)
                    .add(events.record(PARTITION, i, operation, i, "{'emp_id':" + id + "}", row));
        }
        return batches;
    }
}
