package dev.tidemark.consumer.ingest;

import dev.tidemark.consumer.apply.OmittedRowException;
import dev.tidemark.consumer.apply.PartitionBatch;
import dev.tidemark.consumer.apply.Position;
import dev.tidemark.consumer.apply.Problem;
import dev.tidemark.consumer.apply.Step;
import dev.tidemark.consumer.apply.Step.Chunk;
import dev.tidemark.consumer.apply.Step.RowChange;
import dev.tidemark.consumer.apply.Step.Truncation;
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
 *   <li>nothing is taken from a record on that cannot be understood.
 * </ul>
 */
final class Feed {

    private static final Logger log = LoggerFactory.getLogger(Feed.class);

    private final TopicPartition partition;
    private final String topicId;
    private final EventReader reader = new EventReader();
    private Position committed;
    private long lastSequence;
    private long nextOffset;
    private @Nullable OpenChunk open;

    Feed(TopicPartition partition, String topicId, Position start) {
        this.partition = partition;
        this.topicId = topicId;
        this.committed = start;
        this.lastSequence = start.lastSequence();
        this.nextOffset = start.nextOffset();
    }

    /** A chunk whose end has not come yet, and where the partition stands before it. */
    private record OpenChunk(Position before, ChunkStart start, List<ChangeEvent> rows) {}

    /**
     * What came of records.
     *
     * @param records how many events are in the batch
     * @param skipped how many events are not
     * @param problem what is wrong with the record after the batch, if it cannot be understood
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
            try {
                taking.take(record);
                nextOffset = record.offset() + 1;
                end = new Position(nextOffset, lastSequence);
            } catch (UndecodableException | OmittedRowException e) {
                problem = taking.problem(record, e);
                break;
            }
        }
        Position reached = open == null ? end : open.before();
        return new Taken(
                new PartitionBatch(partition, topicId, committed, taking.steps, reached), taking.skipped, problem);
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
                marker(record.offset(), MarkerCodec.read(header.value()));
            }
        }

        private void event(ConsumerRecord<byte[], byte[]> record) {
            ChangeEvent event = reader.read(record.key(), record.value());
            if (event.sequence() <= lastSequence) {
                skipped++;
                return;
            }
            if (event.operation() == Operation.READ) {
                chunkRow(event);
            } else {
                dropOpenChunk();
                requireRow(event);
                steps.add(
                        event.operation() == Operation.TRUNCATE
                                ? new Truncation(record.offset(), event)
                                : new RowChange(record.offset(), event));
            }
            lastSequence = event.sequence();
        }

        /** Outside of a chunk it is a remainder of one that was given up. */
        private void chunkRow(ChangeEvent event) {
            if (open == null) {
                skipped++;
            } else {
                requireRow(event);
                open.rows().add(event);
            }
        }

        private void marker(long offset, Marker marker) {
            if (marker.sequence() <= lastSequence) {
                return;
            }
            if (marker instanceof ChunkStart start) {
                dropOpenChunk();
                open = new OpenChunk(new Position(offset, lastSequence), start, new ArrayList<>());
            } else if (marker instanceof ChunkEnd end && open != null) {
                endChunk(open, end);
                open = null;
            }
            lastSequence = marker.sequence();
        }

        private void endChunk(OpenChunk chunk, ChunkEnd end) {
            if (chunk.rows().size() == end.rows()) {
                steps.add(new Chunk(chunk.before().nextOffset(), end.sequence(), chunk.start(), chunk.rows()));
            } else {
                log.warn(
                        "A chunk of {} in {} has {} of {} rows and is dropped",
                        chunk.start().tableId(),
                        partition,
                        chunk.rows().size(),
                        end.rows());
                skipped += chunk.rows().size();
            }
        }

        private void dropOpenChunk() {
            if (open != null) {
                log.info(
                        "A chunk of {} in {} was given up after {} rows and is dropped",
                        open.start().tableId(),
                        partition,
                        open.rows().size());
                skipped += open.rows().size();
                open = null;
            }
        }

        private static void requireRow(ChangeEvent event) {
            if (event.omittedBytes() > 0 && event.row() == null && event.operation() != Operation.DELETE) {
                throw new OmittedRowException(event.omittedBytes(), event.table(), event.key());
            }
        }

        /** A chunk stands or falls as a whole, so that it is its first record that the partition stands at. */
        Problem problem(ConsumerRecord<byte[], byte[]> record, RuntimeException error) {
            if (error instanceof OmittedRowException omitted) {
                return Problem.of(error, record.offset(), omitted.table(), omitted.key());
            }
            return Problem.of(error, record.offset(), null, null);
        }
    }
}
