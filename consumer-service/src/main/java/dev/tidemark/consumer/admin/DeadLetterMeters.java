package dev.tidemark.consumer.admin;

import dev.tidemark.consumer.deadletter.CauseClass;
import dev.tidemark.consumer.deadletter.DeadLetterJobs;
import dev.tidemark.consumer.deadletter.Replays.Replay;
import dev.tidemark.consumer.deadletter.Replays.Result;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * The meters of dead letters; {@code docs/metrics.md} says what they mean. A scrape asks nobody: the letters are counted every few seconds, and while the
 * destination is away the last count stands.
 */
final class DeadLetterMeters implements ReplayListener {

    /** The table of those that could not be understood. */
    static final String UNKNOWN = "unknown";

    private final MeterRegistry registry;
    private final Counter[] replayed;
    private final Map<String, Map<CauseClass, AtomicLong>> open = new ConcurrentHashMap<>();

    DeadLetterMeters(MeterRegistry registry, DeadLetterJobs jobs) {
        this.registry = registry;
        FunctionCounter.builder("cdc.dead.letters.published", jobs, DeadLetterJobs::published)
                .description("Letters that were sent to the dead-letter topics")
                .register(registry);
        FunctionCounter.builder("cdc.dead.letters.publish.failures", jobs, DeadLetterJobs::publishingFailures)
                .description("How often that has failed")
                .register(registry);
        replayed = Stream.of(Result.values())
                .map(result -> Counter.builder("cdc.dead.letters.replayed")
                        .description("Letters that somebody has tried again")
                        .tag("result", result.name().toLowerCase(Locale.ROOT))
                        .register(registry))
                .toArray(Counter[]::new);
        open.computeIfAbsent("", this::register);
        jobs.observeOpen(this::counted);
    }

    @Override
    public void tried(List<Replay> replays) {
        for (Replay replay : replays) {
            replayed[replay.result().ordinal()].increment();
        }
    }

    /** A table that has none any more stays, with 0. */
    private void counted(Map<String, Map<CauseClass, Long>> letters) {
        letters.keySet().forEach(table -> open.computeIfAbsent(table, this::register));
        open.forEach((table, counts) -> counts.forEach((cause, count) ->
                count.set(letters.getOrDefault(table, Map.of()).getOrDefault(cause, 0L))));
    }

    private Map<CauseClass, AtomicLong> register(String table) {
        Map<CauseClass, AtomicLong> counts = new EnumMap<>(CauseClass.class);
        for (CauseClass cause : CauseClass.values()) {
            AtomicLong count = new AtomicLong();
            Gauge.builder("cdc.dead.letters.open", count, AtomicLong::doubleValue)
                    .description("Letters that nobody has dealt with")
                    .tag("table", table.isEmpty() ? UNKNOWN : table)
                    .tag("cause", cause.code())
                    .register(registry);
            counts.put(cause, count);
        }
        return counts;
    }
}
