package dev.tidemark.consumer.ingest;

import dev.tidemark.consumer.apply.Control;
import dev.tidemark.consumer.apply.Problem;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** How things are, for others to look at. Safe for use by several threads. */
public final class PipelineStatus {

    private final Map<TopicPartition, PartitionStatus> partitions = new ConcurrentHashMap<>();
    private final Clock clock;
    private volatile @Nullable Instant busySince;
    private volatile @Nullable Problem destination;
    private volatile @Nullable Problem broker;
    private volatile @Nullable Problem refusal;
    private volatile boolean destinationAsked;
    private volatile boolean brokerAsked;
    private volatile boolean started;
    private volatile Control control = Control.RUNNING;
    private volatile @Nullable LastError lastError;

    public PipelineStatus(Clock clock) {
        this.clock = clock;
    }

    /** The partitions of this instance, in order. */
    public Map<TopicPartition, PartitionStatus> partitions() {
        Map<TopicPartition, PartitionStatus> sorted =
                new TreeMap<>((a, b) -> a.topic().equals(b.topic())
                        ? Integer.compare(a.partition(), b.partition())
                        : a.topic().compareTo(b.topic()));
        sorted.putAll(partitions);
        return sorted;
    }

    /** A partition; null if it is not this instance's. */
    public @Nullable PartitionStatus of(TopicPartition partition) {
        return partitions.get(partition);
    }

    /** Since when a batch is being applied; null if none is. */
    public @Nullable Instant busySince() {
        return busySince;
    }

    /** What is wrong with the destination; null if it was there when last looked at. */
    public @Nullable Problem destination() {
        return destination;
    }

    /** What is wrong with Kafka; null if it was there when last looked at. */
    public @Nullable Problem broker() {
        return broker;
    }

    /** Why Kafka refuses the consumer, though it answers; null if it does not. */
    public @Nullable Problem refusal() {
        return refusal;
    }

    /** Whether the destination was looked at, and was there. */
    public boolean isDestinationUp() {
        return destinationAsked && destination == null;
    }

    /** Whether Kafka was looked at, and was there. */
    public boolean isBrokerUp() {
        return brokerAsked && broker == null;
    }

    /** Whether the listener runs. */
    public boolean started() {
        return started;
    }

    /** What the group was told, when last looked at. */
    public Control control() {
        return control;
    }

    /** What went wrong last; null if nothing has since the start. */
    public @Nullable LastError lastError() {
        return lastError;
    }

    void partition(TopicPartition partition, PartitionStatus status) {
        PartitionStatus before = partitions.put(partition, status);
        note(partition.toString(), before == null ? null : before.problem(), status.problem());
    }

    private void note(String where, @Nullable Problem before, @Nullable Problem problem) {
        if (problem != null && (before == null || !before.message().equals(problem.message()))) {
            lastError = new LastError(where + ": " + problem.message(), clock.instant());
        }
    }

    void forget(TopicPartition partition) {
        partitions.remove(partition);
    }

    void busySince(@Nullable Instant since) {
        busySince = since;
    }

    void destination(@Nullable Problem problem) {
        note("destination", destination, problem);
        destination = problem;
        destinationAsked = true;
    }

    void broker(@Nullable Problem problem) {
        note("kafka", broker, problem);
        broker = problem;
        brokerAsked = true;
    }

    void refusal(@Nullable Problem problem) {
        note("listener", refusal, problem);
        refusal = problem;
    }

    void control(Control told) {
        control = told;
    }

    void started(boolean running) {
        started = running;
    }
}
