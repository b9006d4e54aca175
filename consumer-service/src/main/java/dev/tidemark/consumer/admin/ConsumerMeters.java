package dev.tidemark.consumer.admin;

import dev.tidemark.consumer.deadletter.RefusedEvent;
import dev.tidemark.consumer.ingest.IngestListener;
import dev.tidemark.consumer.ingest.PipelineStatus;
import dev.tidemark.model.ChangeEvent;
import dev.tidemark.model.Operation;
import dev.tidemark.model.TableId;
import dev.tidemark.run.EventTally;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The meters of the consumer:
 *
 * <table>
 *   <caption>Meters</caption>
 *   <tr><td>cdc.events.applied</td><td>counter by table and operation</td><td>events that are committed at the destination</td></tr>
 *   <tr><td>cdc.events.refused</td><td>counter by table and cause class</td><td>events that became dead letters</td></tr>
 *   <tr><td>cdc.events.skipped</td><td>counter</td><td>events that came twice, or in a chunk that was given up</td></tr>
 *   <tr><td>cdc.delay</td><td>timer by table, with histogram, p50 and p99</td><td>change at the source to commit at the destination; not for snapshots</td></tr>
 *   <tr><td>cdc.batch.size</td><td>summary</td><td>records in a batch</td></tr>
 *   <tr><td>cdc.batch.time</td><td>timer</td><td>batch polled to batch committed</td></tr>
 *   <tr><td>cdc.partitions.blocked</td><td>gauge</td><td>partitions that do not go on</td></tr>
 * </table>
 */
final class ConsumerMeters implements IngestListener {

    static final String DELAY = "cdc.delay";
    private static final String REFUSED = "cdc.events.refused";
    private static final double[] PERCENTILES = {0.5, 0.99};

    private final MeterRegistry registry;
    private final Counter skipped;
    private final DistributionSummary batchSize;
    private final Timer batchTime;
    private final Map<TableId, TableMeters> tables = new ConcurrentHashMap<>();

    ConsumerMeters(MeterRegistry registry, PipelineStatus status) {
        this.registry = registry;
        this.skipped = registry.counter("cdc.events.skipped");
        this.batchSize = registry.summary("cdc.batch.size");
        this.batchTime = registry.timer("cdc.batch.time");
        Gauge.builder("cdc.partitions.blocked", status, ConsumerMeters::blocked).register(registry);
    }

    private static double blocked(PipelineStatus status) {
        return status.partitions().values().stream()
                .filter(partition -> partition.problem() != null)
                .count();
    }

    /** How many events were applied since the start, by table and operation. */
    EventTally applied() {
        EventTally tally = new EventTally();
        tables.forEach((table, meters) -> {
            for (Operation operation : Operation.values()) {
                tally.add(table.toString(), operation, (long) meters.applied[operation.ordinal()].count());
            }
        });
        return tally;
    }

    /** How many events became dead letters since the start. */
    long refused() {
        return (long) registry.find(REFUSED).counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    @Override
    public void applied(List<ChangeEvent> events, Instant committedAt) {
        long committedMicros = ChronoUnit.MICROS.between(Instant.EPOCH, committedAt);
        for (ChangeEvent event : events) {
            TableMeters meters = tables.computeIfAbsent(event.table(), table -> new TableMeters(registry, table));
            meters.applied[event.operation().ordinal()].increment();
            if (event.operation() != Operation.READ) {
                meters.delay.record(Math.max(0, committedMicros - event.changedAtMicros()), TimeUnit.MICROSECONDS);
            }
        }
    }

    @Override
    public void refused(Collection<RefusedEvent> events) {
        for (RefusedEvent refused : events) {
            String table = refused.event() == null
                    ? DeadLetterMeters.UNKNOWN
                    : refused.event().table().toString();
            String cause = refused.refusal().causeClass().code();
            registry.counter(REFUSED, "table", table, "cause", cause).increment();
        }
    }

    @Override
    public void skipped(int events) {
        skipped.increment(events);
    }

    @Override
    public void batch(int events, Duration took) {
        batchSize.record(events);
        batchTime.record(took);
    }

    /** The meters of one table: looked up once, since they are used for each event. */
    private static final class TableMeters {
        private final Counter[] applied;
        private final Timer delay;

        TableMeters(MeterRegistry registry, TableId table) {
            Operation[] operations = Operation.values();
            applied = new Counter[operations.length];
            for (Operation operation : operations) {
                String code = String.valueOf(operation.code());
                applied[operation.ordinal()] =
                        registry.counter("cdc.events.applied", "table", table.toString(), "operation", code);
            }
            delay = Timer.builder(DELAY)
                    .tag("table", table.toString())
                    .publishPercentiles(PERCENTILES)
                    .publishPercentileHistogram()
                    .minimumExpectedValue(Duration.ofMillis(1))
                    .maximumExpectedValue(Duration.ofMinutes(10))
                    .register(registry);
        }
    }
}
