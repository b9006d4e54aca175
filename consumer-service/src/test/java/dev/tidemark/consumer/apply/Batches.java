package dev.tidemark.consumer.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.consumer.Events;
import dev.tidemark.consumer.apply.Step.Chunk;
import dev.tidemark.consumer.apply.Step.RowChange;
import dev.tidemark.consumer.apply.Step.Truncation;
import dev.tidemark.consumer.deadletter.Refusal;
import dev.tidemark.model.ChangeEvent;
import dev.tidemark.model.Marker.ChunkStart;
import dev.tidemark.model.Operation;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;

/** Makes pieces of a partition that follow one another, and applies them. */
final class Batches {

    private final Sink sink;
    private final TopicPartition partition;
    private final List<Step> steps = new ArrayList<>();
    private Position position;
    private long offset;
    private long awaited;
    private Share share = Share.ALL;

    Batches(TestDestination destination, Sink sink, String topic) {
        this(destination, sink, new TopicPartition(topic, 0));
    }

    /** One of several partitions. */
    Batches(TestDestination destination, Sink sink, String topic, Share share) {
        this(destination, sink, new TopicPartition(topic, share.partition()));
        this.share = share;
    }

    private Batches(TestDestination destination, Sink sink, TopicPartition partition) {
        this.sink = sink;
        this.partition = partition;
        try {
            this.position = destination.offsets().claim(Map.of(partition, "id")).get(partition);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        this.offset = position.nextOffset();
    }

    Batches changes(ChangeEvent... events) {
        Arrays.stream(events).map(this::step).forEach(steps::add);
        return this;
    }

    /** The next record is this step's. */
    Batches steps(Step step) {
        steps.add(step);
        offset++;
        return this;
    }

    private Step step(ChangeEvent event) {
        return event.operation() == Operation.TRUNCATE ? new Truncation(offset++, event, share) : row(offset++, event);
    }

    private RowChange row(long at, ChangeEvent event) {
        byte[] key = Events.utf8(event.key().json());
        byte[] value = Events.utf8("{\"sequence\":" + event.sequence() + "}");
        return new RowChange(Events.record(partition, at, key, value), event);
    }

    /** Takes what has come for all that there is. */
    Batches awaited() {
        awaited = Long.MAX_VALUE;
        return this;
    }

    Batches chunk(ChunkStart start, ChangeEvent... rows) {
        List<RowChange> changes = IntStream.range(0, rows.length)
                .mapToObj(i -> row(offset + 1 + i, rows[i]))
                .toList();
        steps.add(new Chunk(offset, start.sequence() + rows.length + 1, start, changes, true, List.of(), share));
        offset += rows.length + 2;
        return this;
    }

    /** What there is to apply. */
    PartitionBatch batch() {
        Position end = steps.isEmpty()
                ? position
                : new Position(offset, steps.get(steps.size() - 1).sequence());
        return new PartitionBatch(partition, "id", position, List.copyOf(steps), end, awaited);
    }

    /** Applies what there is. What is not applied comes again, as records do. */
    Outcome applyAgain() {
        return sink.apply(List.of(batch())).get(0);
    }

    /** Applies what there is. What is not applied is forgotten. */
    Outcome apply() {
        Outcome outcome = sink.apply(List.of(batch())).get(0);
        position = outcome.reached();
        offset = position.nextOffset();
        steps.clear();
        return outcome;
    }

    /** Why the only event that is refused is. */
    static Refusal refusal(Outcome outcome) {
        assertThat(outcome.refused()).hasSize(1);
        return outcome.refused().iterator().next().refusal();
    }

    TopicPartition partition() {
        return partition;
    }
}
