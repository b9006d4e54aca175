package dev.tidemark.consumer.ingest;

import dev.tidemark.consumer.apply.FencedException;
import dev.tidemark.consumer.apply.Outcome;
import dev.tidemark.consumer.apply.PartitionBatch;
import dev.tidemark.consumer.apply.Problem;
import dev.tidemark.consumer.apply.Sink;
import dev.tidemark.consumer.ingest.Feed.Taken;
import dev.tidemark.model.TableId;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies what a consumer polls. Whatever fails, a partition has one way to go on: it is paused, waits, is placed anew where the destination says that it
 * stands, and read from there; the others go on meanwhile. So it makes no difference whether a commit failed, was not heard of, or was somebody else's.
 *
 * <p>All methods are to be called on the consumer's thread.
 */
final class Ingestion {

    private static final Logger log = LoggerFactory.getLogger(Ingestion.class);

    /** How often to look whether topics are still the same. */
    private static final Duration LOOK_INTERVAL = Duration.ofSeconds(10);

    private final Sink sink;
    private final Positioner positioner;
    private final TableSearch tableSearch;
    private final PipelineStatus status;
    private final IngestListener listener;
    private final Backoff backoff;
    private final Clock clock;
    private final Map<TopicPartition, AssignedPartition> partitions = new LinkedHashMap<>();
    private Instant nextLook = Instant.MIN;

    Ingestion(
            Sink sink,
            Positioner positioner,
            TableSearch tableSearch,
            PipelineStatus status,
            IngestListener listener,
            Backoff backoff,
            Clock clock) {
        this.sink = sink;
        this.positioner = positioner;
        this.tableSearch = tableSearch;
        this.status = status;
        this.listener = listener;
        this.backoff = backoff;
        this.clock = clock;
    }

    /** Partitions are this instance's now. They come {@linkplain GuardedConsumers paused}. */
    void assigned(Collection<TopicPartition> added) {
        for (TopicPartition partition : added) {
            AssignedPartition assigned = new AssignedPartition(partition, clock.instant());
            partitions.put(partition, assigned);
            status.partition(partition, assigned.status());
        }
    }

    void revoked(Collection<TopicPartition> removed) {
        for (TopicPartition partition : removed) {
            partitions.remove(partition);
            status.forget(partition);
        }
    }

    /** The consumer has lost its place in these partitions, or cannot read them for anything else. */
    void failed(Collection<TopicPartition> which, Throwable error, Consumer<?, ?> consumer) {
        for (TopicPartition partition : which) {
            AssignedPartition assigned = partitions.get(partition);
            if (assigned != null) {
                consumer.pause(List.of(partition));
                assigned.failReading(Problem.of(error), clock.instant(), backoff);
                status.partition(partition, assigned.status());
            }
        }
    }

    /** Where partitions stand that are being read. */
    Map<TopicPartition, Long> committed() {
        Map<TopicPartition, Long> committed = new HashMap<>();
        partitions.forEach((partition, assigned) -> {
            if (assigned.feed() != null) {
                committed.put(partition, assigned.feed().committed().nextOffset());
            }
        });
        return committed;
    }

    /** Tries again what is due, unless the group is paused. To be called every now and then. */
    void tick(Consumer<?, ?> consumer) {
        if (status.control().paused()) {
            pause(consumer);
            return;
        }
        Instant now = clock.instant();
        leaveFormerTopics(now, consumer);
        List<TopicPartition> homeless = new ArrayList<>();
        for (AssignedPartition assigned : partitions.values()) {
            TableId wanted = assigned.wantedTable();
            if (assigned.isReadAgain(now)) {
                assigned.succeed();
                status.partition(assigned.partition(), assigned.status());
            }
            if (!assigned.isDue(now)) {
                continue;
            }
            if (assigned.feed() == null) {
                homeless.add(assigned.partition());
            } else if (wanted != null && tableSearch.isOver(wanted)) {
                lose(assigned, consumer);
            } else {
                assigned.tryAgain(now.plus(backoff.longest()));
            }
        }
        if (!homeless.isEmpty()) {
            positioner.place(homeless, consumer).forEach((partition, placed) -> place(partition, placed, consumer));
        }
    }

    /** A client that sees a topic only before it was deleted and after it was made anew reads on where it was: what is before would be lost. */
    private void leaveFormerTopics(Instant now, Consumer<?, ?> consumer) {
        if (now.isBefore(nextLook)) {
            return;
        }
        nextLook = now.plus(LOOK_INTERVAL);
        positioner.ofFormerTopics(partitions.values()).forEach(partition -> lose(partitions.get(partition), consumer));
    }

    /** The partitions stay this instance's. When it is resumed they are placed anew, since the offsets may have been moved meanwhile. */
    private void pause(Consumer<?, ?> consumer) {
        for (AssignedPartition assigned : partitions.values()) {
            if (assigned.feed() != null) {
                lose(assigned, consumer);
            }
        }
    }

    private void place(TopicPartition partition, Positioner.Placed placed, Consumer<?, ?> consumer) {
        AssignedPartition assigned = partitions.get(partition);
        if (assigned == null) {
            return;
        }
        if (placed.feed() != null) {
            sink.forget();
            assigned.place(placed.feed(), clock.instant().plus(backoff.longest()));
            consumer.seek(partition, placed.feed().nextOffset());
            consumer.resume(List.of(partition));
            log.debug("Reading {} from {}", partition, placed.feed().committed());
        } else if (placed.problem() != null) {
            assigned.failPlacing(placed.problem(), clock.instant(), backoff);
        }
        status.partition(partition, assigned.status());
    }

    /** Applies records, or finds out what keeps them from being applied. */
    void take(ConsumerRecords<byte[], byte[]> records, Consumer<?, ?> consumer) {
        Instant begin = clock.instant();
        status.busySince(begin);
        try {
            apply(records, consumer);
        } catch (FencedException e) {
            log.warn(
                    "{}: another consumer applies the same topics, or offsets were moved. Reading on from where the destination stands",
                    e.getMessage());
            records.partitions().forEach(partition -> lose(partitions.get(partition), consumer));
        } catch (RuntimeException e) {
            log.error("A batch could not be handled, it is tried again", e);
            records.partitions().forEach(partition -> fail(partitions.get(partition), Problem.of(e), consumer));
        } finally {
            status.busySince(null);
        }
        listener.batch(records.count(), Duration.between(begin, clock.instant()));
    }

    private void apply(ConsumerRecords<byte[], byte[]> records, Consumer<?, ?> consumer) {
        Map<TopicPartition, Taken> taken = new LinkedHashMap<>();
        for (TopicPartition partition : records.partitions()) {
            AssignedPartition assigned = partitions.get(partition);
            if (assigned == null || assigned.feed() == null) {
                continue;
            }
            if (positioner.hasLostEvents(assigned.feed(), records.records(partition), consumer)) {
                lose(assigned, consumer);
            } else if (assigned.wantedTable() == null) {
                taken.put(partition, assigned.feed().take(records.records(partition)));
            } else {
                search(assigned, assigned.wantedTable(), records.records(partition), consumer);
            }
        }
        List<PartitionBatch> batches = taken.values().stream()
                .filter(part -> !part.isNothing())
                .map(Taken::batch)
                .map(batch -> batch.awaited(awaited(batch.partition())))
                .toList();
        List<Outcome> outcomes = batches.isEmpty() ? List.of() : sink.apply(batches);
        Instant committedAt = clock.instant();
        outcomes.forEach(outcome -> settle(outcome, committedAt, consumer));
        taken.forEach((partition, part) -> settle(partitions.get(partition), part, consumer));
    }

    private long awaited(TopicPartition partition) {
        AssignedPartition assigned = partitions.get(partition);
        return assigned == null ? 0 : assigned.awaited();
    }

    private void search(
            AssignedPartition assigned,
            TableId wanted,
            List<ConsumerRecord<byte[], byte[]>> records,
            Consumer<?, ?> consumer) {
        try {
            if (tableSearch.createFrom(records, wanted)) {
                lose(assigned, consumer);
            }
        } catch (SQLException | RuntimeException e) {
            fail(assigned, Problem.of(e, -1, wanted, null), consumer);
        }
    }

    /** What became of a batch. */
    private void settle(Outcome outcome, Instant committedAt, Consumer<?, ?> consumer) {
        AssignedPartition assigned = partitions.get(outcome.partition());
        if (assigned == null) {
            return;
        }
        assigned.advance(outcome.reached());
        if (outcome.done() > 0) {
            assigned.succeed();
            listener.applied(outcome.applied(), committedAt);
            listener.refused(outcome.refused());
        }
        if (outcome.isEarly()) {
            consumer.pause(List.of(assigned.partition()));
            assigned.await(outcome.batch().end().nextOffset(), clock.instant().plus(backoff.first()));
        }
        if (outcome.problem() != null) {
            fail(assigned, outcome.problem(), consumer);
            if (tableSearch.isUseful(outcome) && outcome.problem().table() != null) {
                assigned.want(outcome.problem().table());
            }
        }
        status.partition(outcome.partition(), assigned.status());
    }

    /** What became of the records that are in no batch. */
    private void settle(@Nullable AssignedPartition assigned, Taken part, Consumer<?, ?> consumer) {
        if (part.skipped() > 0) {
            listener.skipped(part.skipped());
        }
        if (assigned != null && assigned.feed() != null && part.problem() != null) {
            fail(assigned, part.problem(), consumer);
        }
    }

    private void fail(@Nullable AssignedPartition assigned, Problem problem, Consumer<?, ?> consumer) {
        if (assigned != null) {
            consumer.pause(List.of(assigned.partition()));
            assigned.fail(problem, clock.instant(), backoff);
            status.partition(assigned.partition(), assigned.status());
        }
    }

    private void lose(@Nullable AssignedPartition assigned, Consumer<?, ?> consumer) {
        if (assigned != null) {
            consumer.pause(List.of(assigned.partition()));
            assigned.lose(clock.instant());
        }
    }
}
