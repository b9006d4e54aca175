package dev.tidemark.consumer.ingest;

import dev.tidemark.consumer.apply.EnvironmentException;
import dev.tidemark.consumer.apply.PartitionBatch;
import dev.tidemark.consumer.apply.Position;
import dev.tidemark.consumer.apply.Problem;
import dev.tidemark.consumer.apply.Share;
import dev.tidemark.consumer.apply.Step;
import dev.tidemark.consumer.apply.Step.Chunk;
import dev.tidemark.consumer.apply.Step.RowChange;
import dev.tidemark.consumer.apply.Step.SchemaChange;
import dev.tidemark.consumer.apply.Step.Truncation;
import dev.tidemark.consumer.apply.Step.Unreadable;
import dev.tidemark.model.ChangeEvent;
import dev.tidemark.model.EventReader;
import dev.tidemark.model.Marker;
import dev.tidemark.model.Marker.ChunkEnd;
import dev.tidemark.model.Marker.ChunkStart;
import dev.tidemark.model.MarkerCodec;
import dev.tidemark.model.Operation;
import dev.tidemark.model.UndecodableException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes steps of a partition's records:
 *
 * <ul>
 *   <li>what has a sequence number that is not above those before comes for the second time and is skipped;
 *   <li>the rows between the start and the end of a chunk are one step. They are kept until the end comes; until then the partition stands before the chunk,
 *       so that they are read again after a restart;
 *   <li>a chunk that is not complete, or whose end has not come when something else does, was given up by its producer, which sends it anew. It is dropped;
 *   <li>a record without a value that is no marker is none of ours and passed over;
 *   <li>a record that cannot be understood is a step of its own, or stays with the chunk in whose midst it is;
 *   <li>nothing is taken from a marker on that cannot be understood, or a header, since it is ours: it tells of a producer that is newer.
 * </ul>
 *
 * Where the last sequence is not known, since an operator has moved the partition, the records before it are looked at first. Otherwise what a producer sent
 * late that had been replaced would be taken for news, and undo what came before.
 */
final class Feed {

    private static final String NEWER =
            "A marker of the producer cannot be understood; a consumer-service of the producer's version is needed: ";

    private static final Logger log = LoggerFactory.getLogger(Feed.class);

    private final TopicPartition partition;
    private final String topicId;
    private final EventReader reader = new EventReader();
    private final long startOffset;
    private Position committed;
    private long lastSequence;
    private long nextOffset;
    private @Nullable OpenChunk open;

    Feed(TopicPartition partition, String topicId, Position start) {
        this(partition, topicId, start, start.nextOffset());
    }

    /** @param from the first record to be taken; of those before the start nothing is taken but the sequence */
    Feed(TopicPartition partition, String topicId, Position start, long from) {
        this.partition = partition;
        this.topicId = topicId;
        this.committed = start;
        this.lastSequence = start.lastSequence();
        this.startOffset = start.nextOffset();
        this.nextOffset = from;
    }

    /** A chunk whose end has not come yet, and where the partition stands before it. */
    private record OpenChunk(
            Position before, ChunkStart start, Share share, List<RowChange> rows, List<Unreadable> unreadable) {}

    /**
     * What came of records.
     *
     * @param records how many events are in the batch
     * @param skipped how many events are not
     * @param problem what is wrong with the marker after the batch, if it cannot be understood
     */
    record Taken(
            PartitionBatch batch, int skipped, @Nullable Problem problem) {

        /** Whether there is nothing to do but to read on. */
        boolean isNothing() {
            return batch.start().equals(batch.end()) && batch.steps().isEmpty();
        }
    }

    TopicPartition partition() {
        return partition;
    }

    String topicId() {
        return topicId;
    }

    /** Where the partition stands in the destination. */
    Position committed() {
        return committed;
    }

    /** The batch that was taken last is applied. */
    void committed(Position position) {
        committed = position;
    }

    /** The offset of the record that is to be taken next. */
    long nextOffset() {
        return nextOffset;
    }

    /** @param records the records that follow those that were taken before */
    Taken take(List<ConsumerRecord<byte[], byte[]>> records) {
        Taking taking = new Taking();
        Position end = committed;
        Problem problem = null;
        for (ConsumerRecord<byte[], byte[]> record : records) {
            if (record.offset() < startOffset) {
                lookAt(record);
                continue;
            }
            try {
                taking.take(record);
                nextOffset = record.offset() + 1;
                end = new Position(nextOffset, lastSequence);
            } catch (UndecodableException e) {
                problem = Problem.of(new EnvironmentException(NEWER + e.getMessage()), record.offset(), null, null);
                break;
            }
        }
        Position reached = open == null ? end : open.before();
        return new Taken(
                new PartitionBatch(partition, topicId, committed, taking.steps, reached), taking.skipped, problem);
    }

    private void lookAt(ConsumerRecord<byte[], byte[]> record) {
        nextOffset = record.offset() + 1;
        try {
            lastSequence = Math.max(lastSequence, sequence(record));
        } catch (UndecodableException e) {
            log.debug("{} at {} tells no sequence: {}", partition, record.offset(), e.getMessage());
        }
    }

    private long sequence(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() != null) {
            return reader.read(record.key(), record.value()).sequence();
        }
        Header header = record.headers().lastHeader(Marker.HEADER);
        return header == null
                ? Position.NO_SEQUENCE
                : MarkerCodec.read(header.value()).sequence();
    }

    /** One batch in the making. */
    private final class Taking {
        private final List<Step> steps = new ArrayList<>();
        private int skipped;

        void take(ConsumerRecord<byte[], byte[]> record) {
            if (record.value() != null) {
                event(record);
                return;
            }
            Header header = record.headers().lastHeader(Marker.HEADER);
            if (header != null) {
                marker(record, MarkerCodec.read(header.value()));
            }
        }

        private void event(ConsumerRecord<byte[], byte[]> record) {
            ChangeEvent event;
            try {
                event = reader.read(record.key(), record.value());
            } catch (UndecodableException e) {
                unreadable(new Unreadable(record, lastSequence, String.valueOf(e.getMessage())));
                return;
            }
            if (event.sequence() <= lastSequence) {
                skipped++;
                return;
            }
            if (event.operation() == Operation.READ) {
                chunkRow(new RowChange(record, event));
            } else {
                dropOpenChunk();
                steps.add(
                        event.operation() == Operation.TRUNCATE
                                ? new Truncation(record.offset(), event, Share.of(record))
                                : new RowChange(record, event));
            }
            lastSequence = event.sequence();
        }

        private void unreadable(Unreadable record) {
            if (open == null) {
                steps.add(record);
            } else {
                open.unreadable().add(record);
            }
        }

        /** Outside of a chunk it is a remainder of one that was given up. */
        private void chunkRow(RowChange row) {
            if (open == null) {
                skipped++;
            } else {
                open.rows().add(row);
            }
        }

        private void marker(ConsumerRecord<byte[], byte[]> record, Marker marker) {
            if (marker.sequence() <= lastSequence) {
                return;
            }
            if (marker instanceof ChunkStart start) {
                dropOpenChunk();
                open = new OpenChunk(
                        new Position(record.offset(), lastSequence),
                        start,
                        Share.of(record),
                        new ArrayList<>(),
                        new ArrayList<>());
            } else if (marker instanceof Marker.SchemaChange change) {
                dropOpenChunk();
                steps.add(new SchemaChange(record.offset(), change, Share.of(record)));
            } else if (marker instanceof ChunkEnd end && open != null) {
                endChunk(open, end);
                open = null;
            }
            lastSequence = marker.sequence();
        }

        private void endChunk(OpenChunk chunk, ChunkEnd end) {
            long missing = end.rows() - chunk.rows().size();
            if (missing < 0 || missing > chunk.unreadable().size()) {
                log.warn(
                        "A chunk of {} in {} has {} of {} rows and is dropped",
                        chunk.start().tableId(),
                        partition,
                        chunk.rows().size(),
                        end.rows());
                drop(chunk);
                return;
            }
            steps.add(new Chunk(
                    chunk.before().nextOffset(),
                    end.sequence(),
                    chunk.start(),
                    chunk.rows(),
                    missing == 0,
                    chunk.unreadable(),
                    chunk.share()));
        }

        private void drop(OpenChunk chunk) {
            skipped += chunk.rows().size();
            steps.addAll(chunk.unreadable());
        }

        private void dropOpenChunk() {
            if (open != null) {
                log.info(
                        "A chunk of {} in {} was given up after {} rows and is dropped",
                        open.start().tableId(),
                        partition,
                        open.rows().size());
                drop(open);
                open = null;
            }
        }
    }
}
