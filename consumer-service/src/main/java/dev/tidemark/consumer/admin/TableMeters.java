package dev.tidemark.consumer.admin;

import dev.tidemark.model.ChangeEvent;
import dev.tidemark.model.Operation;
import dev.tidemark.model.TableId;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;
import io.micrometer.core.instrument.distribution.TimeWindowPercentileHistogram;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The meters of one table, which cost little for each of its events: they are looked up and counted once for all that stand together. */
final class TableMeters {

    /** Fine where it is to be, and coarse where it is only to be seen that something is wrong. */
    private static final Duration[] BUCKETS = Stream.of(
                    1, 2, 5, 10, 20, 30, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000,
                    600_000)
            .map(Duration::ofMillis)
            .toArray(Duration[]::new);

    /** Of so many events of a batch the percentiles are made: exact ones cost more than all the rest, and delays of one batch differ little. */
    private static final int SAMPLES = 100;

    private final Counter[] applied;
    private final Timer delay;
    private final TimeWindowPercentileHistogram lately = new TimeWindowPercentileHistogram(
            Clock.SYSTEM,
            DistributionStatisticConfig.builder()
                    .percentiles(0.5, 0.99)
                    .build()
                    .merge(DistributionStatisticConfig.DEFAULT),
            false);

    TableMeters(MeterRegistry registry, String table) {
        applied = Stream.of(Operation.values())
                .map(operation -> Counter.builder("cdc.events.applied")
                        .description("Events that are committed at the destination")
                        .tag("table", table)
                        .tag("operation", operation.name().toLowerCase(Locale.ROOT))
                        .register(registry))
                .toArray(Counter[]::new);
        delay = Timer.builder("cdc.delay")
                .description("From the change at the source to the commit at the destination")
                .tag("table", table)
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }

    long count(Operation operation) {
        return (long) applied[operation.ordinal()].count();
    }

    Delay delay(String table) {
        HistogramSnapshot snapshot = lately.takeSnapshot(0, 0, 0);
        return new Delay(
                table,
                delay.count(),
                snapshot.percentileValues()[0].value(TimeUnit.MILLISECONDS),
                snapshot.percentileValues()[1].value(TimeUnit.MILLISECONDS),
                delay.max(TimeUnit.MILLISECONDS));
    }

    /** @return the index of the first event after these that is another table's */
    int applied(List<ChangeEvent> events, int from, long committedMicros) {
        TableId table = events.get(from).table();
        int[] counts = new int[applied.length];
        int stride = 1 + events.size() / SAMPLES;
        int next = from;
        for (; next < events.size() && events.get(next).table().equals(table); next++) {
            ChangeEvent event = events.get(next);
            counts[event.operation().ordinal()]++;
            if (event.operation() != Operation.READ) {
                long nanos = TimeUnit.MICROSECONDS.toNanos(Math.max(0, committedMicros - event.changedAtMicros()));
                delay.record(nanos, TimeUnit.NANOSECONDS);
                if (next % stride == 0) {
                    lately.recordLong(nanos);
                }
            }
        }
        for (int operation = 0; operation < counts.length; operation++) {
            if (counts[operation] > 0) {
                applied[operation].increment(counts[operation]);
            }
        }
        return next;
    }
}
