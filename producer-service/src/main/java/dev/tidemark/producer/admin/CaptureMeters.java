package dev.tidemark.producer.admin;

import dev.tidemark.model.Operation;
import dev.tidemark.model.TableId;
import dev.tidemark.run.EventTally;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** What is counted and timed while the capture works; {@code docs/metrics.md} says what the meters mean. */
final class CaptureMeters {

    final Timer tickTime;
    final Timer pageTime;
    final DistributionSummary pageSize;
    final Counter failures;
    final Counter retries;
    final Counter slotsTruncated;
    private final MeterRegistry registry;
    private final Map<TableId, Counter[]> published = new ConcurrentHashMap<>();

    CaptureMeters(MeterRegistry registry) {
        this.registry = registry;
        this.tickTime = Timer.builder("cdc.tick.time")
                .description("From the snapshot of a tick to the last of its pages handed to Kafka")
                .register(registry);
        this.pageTime = Timer.builder("cdc.page.time")
                .description("From the announcement of a page to Kafka's acknowledgement of its last event")
                .register(registry);
        this.pageSize = DistributionSummary.builder("cdc.page.size")
                .description("Changes in a page")
                .baseUnit("rows")
                .register(registry);
        this.failures = counter("cdc.publish.failures", "How often Kafka has refused what was sent, or was away");
        this.retries = counter("cdc.publish.retries", "Pages that were sent once more");
        this.slotsTruncated = counter("cdc.log.slots.truncated", "Time slots of the change log that were emptied");
    }

    private Counter counter(String name, String description) {
        return Counter.builder(name).description(description).register(registry);
    }

    /** Events handed to Kafka; called once for each page, table and operation. */
    void published(TableId table, Operation operation, int count) {
        published.computeIfAbsent(table, this::counters)[operation.ordinal()].increment(count);
    }

    EventTally published() {
        EventTally tally = new EventTally();
        published.forEach((table, counters) -> {
            for (Operation operation : Operation.values()) {
                tally.add(table.toString(), operation, (long) counters[operation.ordinal()].count());
            }
        });
        return tally;
    }

    /** The counters of a table are there, with 0, from when it is known. */
    void know(TableId table) {
        published.computeIfAbsent(table, this::counters);
    }

    private Counter[] counters(TableId table) {
        return Stream.of(Operation.values())
                .map(operation -> Counter.builder("cdc.events.published")
                        .description("Events handed to Kafka, those that are sent again included")
                        .tag("table", table.toString())
                        .tag("operation", operation.name().toLowerCase(Locale.ROOT))
                        .register(registry))
                .toArray(Counter[]::new);
    }
}
