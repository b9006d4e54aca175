package dev.tidemark.producer.admin;

import dev.tidemark.producer.capture.PollStatus;
import dev.tidemark.producer.capture.PollStatus.State;
import dev.tidemark.producer.source.LogState;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** How the producer, its source and its tables are, as gauges; {@code docs/metrics.md} says what they mean. */
final class ProducerMeters {

    private static final int SLOTS = 4;

    private final Supplier<PollStatus> poller;
    private final CaptureMonitor monitor;
    private final SourceWatch source;
    private final Clock clock;
    private final MeterRegistry registry;
    private final Set<String> tables = new HashSet<>();

    ProducerMeters(
            Supplier<PollStatus> poller,
            CaptureMonitor monitor,
            SourceWatch source,
            Clock clock,
            MeterRegistry registry) {
        this.poller = poller;
        this.monitor = monitor;
        this.source = source;
        this.clock = clock;
        this.registry = registry;
        bindProducer();
        bindLog();
    }

    /** Asks the source, and shows the tables that were not known before; they stay. */
    void refresh() {
        source.look();
        Map<String, TableView> known = source.tables();
        if (known != null) {
            known.keySet().stream().filter(tables::add).forEach(this::bind);
        }
    }

    private void bindProducer() {
        for (State state : State.values()) {
            Gauge.builder(
                            "cdc.producer.state",
                            this,
                            meters -> is(meters.poller.get().state() == state))
                    .description("1 for the state that the producer is in")
                    .tag("state", lower(state))
                    .register(registry);
        }
        gauge("cdc.producer.active", null, "Whether this is the active producer", meters -> is(meters.isActive()));
        gauge(
                "cdc.producer.epoch",
                null,
                "Incarnation of the active producer",
                meters -> meters.poller.get().epoch());
        gauge("cdc.publish.waiting", "seconds", "For how long Kafka has not answered", ProducerMeters::waiting);
        gauge("cdc.source.up", null, "Whether the source answers", meters -> is(meters.source.isUp()));
    }

    private void bindLog() {
        gauge(
                "cdc.log.backlog",
                "rows",
                "Changes that are not published",
                meters -> meters.source.backlog().rows());
        gauge(
                "cdc.log.backlog.age",
                "seconds",
                "Age of the oldest change that is not published",
                meters -> meters.source.backlog().oldestSeconds());
        gauge("cdc.log.age", "seconds", "Age of the oldest row of the log", meters -> {
            LogState log = meters.source.log();
            return log == null ? Double.NaN : log.oldestSeconds();
        });
        gauge(
                "cdc.log.transaction.age",
                "seconds",
                "Age of the oldest open transaction in the log",
                meters -> meters.source.writerSeconds());
        gauge(
                "cdc.log.slots.mismatched",
                null,
                "Time slots that do not hold what was published",
                meters -> meters.monitor.failedAudits().size());
        for (int slot = 0; slot < SLOTS; slot++) {
            int number = slot;
            Gauge.builder("cdc.log.size", this, meters -> meters.size(number))
                    .description("Disk space of the change log")
                    .baseUnit("bytes")
                    .tag("slot", String.valueOf(slot))
                    .register(registry);
        }
    }

    private void gauge(String name, @Nullable String unit, String description, ToDoubleFunction<ProducerMeters> value) {
        Gauge.builder(name, this, value).description(description).baseUnit(unit).register(registry);
    }

    private void bind(String table) {
        Tags tags = Tags.of("table", table);
        Gauge.builder("cdc.snapshot.rows", this, meters -> meters.snapshotRows(table))
                .description("Rows that the snapshot has sent")
                .baseUnit("rows")
                .tags(tags)
                .register(registry);
        Gauge.builder("cdc.snapshot.progress", this, meters -> meters.snapshotProgress(table))
                .description("The share of the table that its snapshot has sent")
                .baseUnit("ratio")
                .tags(tags)
                .register(registry);
        for (TableView.State state : TableView.State.values()) {
            if (state != TableView.State.REMOVED) {
                Gauge.builder("cdc.table.state", this, meters -> meters.isTable(table, state))
                        .description("1 for the state that the table is in")
                        .tags(tags.and("state", lower(state)))
                        .register(registry);
            }
        }
    }

    private boolean isActive() {
        State state = poller.get().state();
        return state == State.RUNNING || state == State.PAUSED;
    }

    private double waiting() {
        Instant since = monitor.kafkaAwaySince();
        return since == null || poller.get().state() == State.STANDBY
                ? 0
                : seconds(Duration.between(since, clock.instant()));
    }

    private double size(int slot) {
        LogState log = source.log();
        return log == null || slot >= log.bytes().size()
                ? Double.NaN
                : log.bytes().get(slot);
    }

    private double isTable(String table, TableView.State state) {
        Map<String, TableView> known = source.tables();
        if (known == null) {
            return Double.NaN;
        }
        TableView view = known.get(table);
        return is(view != null && view.state() == state);
    }

    private double snapshotRows(String table) {
        TableView.Progress progress = progress(table);
        return progress == null ? Double.NaN : progress.rows();
    }

    private double snapshotProgress(String table) {
        TableView.Progress progress = progress(table);
        return progress == null || progress.percent() == null ? Double.NaN : progress.percent() / 100.0;
    }

    /** @return nothing sent before the snapshot has begun; null if it is not known */
    private TableView.@Nullable Progress progress(String table) {
        Map<String, TableView> known = source.tables();
        TableView view = known == null ? null : known.get(table);
        if (view == null) {
            return null;
        }
        return view.snapshot() == null ? new TableView.Progress(0, 0, 0, false, null, null) : view.snapshot();
    }

    private static double is(boolean condition) {
        return condition ? 1 : 0;
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    private static String lower(Enum<?> state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
