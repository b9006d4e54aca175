package dev.tidemark.consumer.admin;

import dev.tidemark.consumer.apply.Targets;
import dev.tidemark.consumer.deadletter.CauseClass;
import dev.tidemark.consumer.deadletter.RefusedEvent;
import dev.tidemark.consumer.ingest.IngestListener;
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
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What is counted and timed while changes are applied; {@code docs/metrics.md} says what the meters mean. */
final class ConsumerMeters implements IngestListener {

    private static final String REFUSED = "cdc.events.refused";

    private final MeterRegistry registry;
    private final HeartbeatWatch heartbeat;
    private final Targets targets;
    private final Counter skipped;
    private final DistributionSummary batchSize;
    private final Timer batchTime;
    private final Map<TableId, TableMeters> tables = new ConcurrentHashMap<>();

    ConsumerMeters(MeterRegistry registry, HeartbeatWatch heartbeat, Targets targets) {
        this.registry = registry;
        this.targets = targets;
        this.heartbeat = heartbeat;
        this.skipped = Counter.builder("cdc.events.skipped")
                .description("Events that came before, or belong to a chunk that was given up")
                .register(registry);
        this.batchSize = DistributionSummary.builder("cdc.batch.size")
                .description("Records in a batch")
                .baseUnit("records")
                .register(registry);
        this.batchTime = Timer.builder("cdc.batch.time")
                .description("From a batch polled to the batch committed")
                .register(registry);
        refused(DeadLetterMeters.UNKNOWN, CauseClass.UNDECODABLE);
    }

    /** The meters of a table are there, with 0, from when it is known. */
    void know(TableId table) {
        tables.computeIfAbsent(table, this::meters);
    }

    /** How many events were applied since the start, by table and operation. */
    EventTally applied() {
        EventTally tally = new EventTally();
        tables.forEach((table, meters) -> {
            for (Operation operation : Operation.values()) {
                tally.add(table.toString(), operation, meters.count(operation));
            }
        });
        return tally;
    }

    /** How long changes took lately, by table; tables that had none are left out. */
    List<Delay> delays() {
        return tables.entrySet().stream()
                .map(table -> table.getValue().delay(table.getKey().toString()))
                .filter(delay -> delay.count() > 0)
                .sorted(Comparator.comparing(Delay::table))
                .toList();
    }

    /** How many events became dead letters since the start. */
    long refused() {
        return (long) registry.find(REFUSED).counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    private TableMeters meters(TableId table) {
        for (CauseClass cause : CauseClass.values()) {
            refused(table.toString(), cause);
        }
        Gauge.builder("cdc.ignored.columns", targets, all -> all.ignored(table).size())
                .description("Columns whose values are left out, since the destination does not have them")
                .baseUnit("columns")
                .tag("table", table.toString())
                .register(registry);
        return new TableMeters(registry, table.toString());
    }

    private Counter refused(String table, CauseClass cause) {
        return Counter.builder(REFUSED)
                .description("Events that became dead letters")
                .tag("table", table)
                .tag("cause", cause.code())
                .register(registry);
    }

    /** A meter is looked up and counted once for each run of events of one table; only the delay is each event's own. */
    @Override
    public void applied(List<ChangeEvent> events, Instant committedAt) {
        long committedMicros = ChronoUnit.MICROS.between(Instant.EPOCH, committedAt);
        int done = 0;
        while (done < events.size()) {
            TableId table = events.get(done).table();
            done = tables.computeIfAbsent(table, this::meters).applied(events, done, committedMicros);
            ChangeEvent last = events.get(done - 1);
            if (table.equals(TableId.HEARTBEAT) && last.operation() == Operation.UPDATE) {
                heartbeat.applied(Instant.EPOCH.plus(last.changedAtMicros(), ChronoUnit.MICROS), committedAt);
            }
        }
    }

    @Override
    public void refused(Collection<RefusedEvent> events) {
        for (RefusedEvent refused : events) {
            String table = refused.event() == null
                    ? DeadLetterMeters.UNKNOWN
                    : refused.event().table().toString();
            refused(table, refused.refusal().causeClass()).increment();
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
}
