package dev.tidemark.consumer.admin;

import dev.tidemark.consumer.apply.ErrorKind;
import dev.tidemark.consumer.apply.Problem;
import dev.tidemark.consumer.ingest.PartitionStatus;
import dev.tidemark.consumer.ingest.PipelineStatus;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.annotation.Scheduled;

/** How the consumer and its partitions are, as gauges; {@code docs/metrics.md} says what they mean. */
final class PipelineMeters {

    private final PipelineStatus status;
    private final Obstacles obstacles;
    private final TopicWatch watch;
    private final KnownTables tables;
    private final HeartbeatWatch heartbeat;
    private final MeterRegistry registry;
    private final Map<String, Set<TopicPartition>> topics = new ConcurrentHashMap<>();

    PipelineMeters(
            PipelineStatus status,
            Obstacles obstacles,
            TopicWatch watch,
            KnownTables tables,
            HeartbeatWatch heartbeat,
            MeterRegistry registry) {
        this.status = status;
        this.obstacles = obstacles;
        this.watch = watch;
        this.tables = tables;
        this.heartbeat = heartbeat;
        this.registry = registry;
        for (State state : State.values()) {
            Gauge.builder("cdc.consumer.state", this, meters -> is(meters.state() == state))
                    .description("1 for the state that the consumer is in")
                    .tag("state", state.name().toLowerCase(Locale.ROOT))
                    .register(registry);
        }
        gauge(
                "cdc.destination.up",
                "Whether the destination can be used",
                meters -> is(meters.status.isDestinationUp()));
        gauge("cdc.kafka.up", "Whether Kafka answers", meters -> is(meters.status.isBrokerUp()));
        gauge(
                "cdc.partitions.assigned",
                "Partitions of this instance",
                meters -> meters.status.partitions().size());
        bindHeartbeat();
    }

    private void bindHeartbeat() {
        Gauge.builder("cdc.lag", heartbeat, HeartbeatWatch::lagSeconds)
                .description("How far the destination is behind the source, by the heartbeat")
                .baseUnit("seconds")
                .register(registry);
        Gauge.builder("cdc.heartbeat.age", heartbeat, HeartbeatWatch::ageSeconds)
                .description("Since when the last heartbeat that is applied was written")
                .baseUnit("seconds")
                .register(registry);
    }

    /** Asks Kafka and the destination, and shows the topics that were not known before; they stay. */
    @Scheduled(fixedDelay = 5, timeUnit = TimeUnit.SECONDS)
    void refresh() {
        for (TopicPartition partition : status.partitions().keySet()) {
            if (topics.computeIfAbsent(partition.topic(), this::bind).add(partition)) {
                bind(partition);
            }
            tables.see(partition.topic());
        }
        watch.look();
        heartbeat.look();
    }

    /** @return the partitions of the topic that this instance has, or has had */
    private Set<TopicPartition> bind(String topic) {
        Set<TopicPartition> known = ConcurrentHashMap.newKeySet();
        Tags tags = Tags.of("topic", topic);
        Gauge.builder("cdc.consumer.lag", this, meters -> meters.lag(known))
                .description("Records in Kafka that are not applied")
                .baseUnit("records")
                .tags(tags)
                .register(registry);
        Gauge.builder("cdc.applied.timestamp", this, meters -> meters.appliedSeconds(known))
                .description("When something of the topic was last applied")
                .baseUnit("seconds")
                .tags(tags)
                .register(registry);
        for (ErrorKind cause : List.of(ErrorKind.ENVIRONMENT, ErrorKind.REFUSALS)) {
            Gauge.builder("cdc.partitions.blocked", this, meters -> meters.blocked(known, cause))
                    .description("Partitions that do not go on")
                    .tags(tags.and("cause", cause.name().toLowerCase(Locale.ROOT)))
                    .register(registry);
        }
        return known;
    }

    private void bind(TopicPartition partition) {
        Gauge.builder("cdc.applied.offset", this, meters -> meters.offset(partition))
                .description("Kafka's offset up to which all is applied")
                .tag("topic", partition.topic())
                .tag("partition", String.valueOf(partition.partition()))
                .register(registry);
    }

    private void gauge(String name, String description, ToDoubleFunction<PipelineMeters> value) {
        Gauge.builder(name, this, value).description(description).register(registry);
    }

    private State state() {
        return State.of(status, obstacles.all());
    }

    /** Of the partitions that are this instance's; NaN if it has none of them. */
    private double lag(Set<TopicPartition> known) {
        return known.stream()
                .filter(partition -> status.of(partition) != null)
                .map(watch::lag)
                .reduce(Double::sum)
                .orElse(Double.NaN);
    }

    private double appliedSeconds(Set<TopicPartition> known) {
        return known.stream()
                .mapToDouble(watch::appliedSeconds)
                .filter(seconds -> !Double.isNaN(seconds))
                .max()
                .orElse(Double.NaN);
    }

    private double blocked(Set<TopicPartition> known, ErrorKind cause) {
        return known.stream()
                .map(status::of)
                .filter(partition -> partition != null && cause(partition.problem()) == cause)
                .count();
    }

    /** What is not about refusals is about the environment. */
    private static @Nullable ErrorKind cause(@Nullable Problem problem) {
        if (problem == null) {
            return null;
        }
        return problem.kind() == ErrorKind.REFUSALS ? ErrorKind.REFUSALS : ErrorKind.ENVIRONMENT;
    }

    private double offset(TopicPartition partition) {
        PartitionStatus known = status.of(partition);
        return known == null || known.position() == null
                ? Double.NaN
                : known.position().nextOffset();
    }

    private static double is(boolean condition) {
        return condition ? 1 : 0;
    }
}
