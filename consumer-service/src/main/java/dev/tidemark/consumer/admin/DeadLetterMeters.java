package dev.tidemark.consumer.admin;

import dev.tidemark.consumer.deadletter.DeadLetterJobs;
import dev.tidemark.consumer.deadletter.Replays.Replay;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The meters of dead letters. A scrape asks nobody: the letters are counted every few seconds, and while the destination is away the last count stands.
 *
 * <table>
 *   <caption>Meters</caption>
 *   <tr><td>cdc.dead.letters.open</td><td>gauge by table</td><td>letters that nobody has dealt with; the table of those that could not be understood is "unknown"</td></tr>
 *   <tr><td>cdc.dead.letters.replayed</td><td>counter by result</td><td>letters that were tried again by somebody</td></tr>
 *   <tr><td>cdc.dead.letters.published</td><td>counter</td><td>letters that were sent to the dead-letter topics</td></tr>
 *   <tr><td>cdc.dead.letters.publish.failures</td><td>counter</td><td>how often that has failed</td></tr>
 * </table>
 */
final class DeadLetterMeters implements ReplayListener {

    static final String UNKNOWN = "unknown";

    private final MeterRegistry registry;
    private final Map<String, AtomicLong> open = new ConcurrentHashMap<>();

    DeadLetterMeters(MeterRegistry registry, DeadLetterJobs jobs) {
        this.registry = registry;
        FunctionCounter.builder("cdc.dead.letters.published", jobs, DeadLetterJobs::published)
                .register(registry);
        FunctionCounter.builder("cdc.dead.letters.publish.failures", jobs, DeadLetterJobs::publishingFailures)
                .register(registry);
        jobs.observeOpen(this::counted);
    }

    @Override
    public void tried(List<Replay> replays) {
        for (Replay replay : replays) {
            String result = replay.result().name().toLowerCase(Locale.ROOT);
            registry.counter("cdc.dead.letters.replayed", "result", result).increment();
        }
    }

    /** A table that has none any more stays, with 0. */
    private void counted(Map<String, Long> letters) {
        letters.keySet().forEach(table -> open.computeIfAbsent(table, this::register));
        open.forEach((table, count) -> count.set(letters.getOrDefault(table, 0L)));
    }

    private AtomicLong register(String table) {
        AtomicLong count = new AtomicLong();
        Gauge.builder("cdc.dead.letters.open", count, AtomicLong::doubleValue)
                .tag("table", table.isEmpty() ? UNKNOWN : table)
                .register(registry);
        return count;
    }
}
