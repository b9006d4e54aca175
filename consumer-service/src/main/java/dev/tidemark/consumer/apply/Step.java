package dev.tidemark.consumer.apply;

import dev.tidemark.model.ChangeEvent;
import dev.tidemark.model.Marker;
import dev.tidemark.model.Marker.ChunkStart;
import dev.tidemark.model.Operation;
import dev.tidemark.model.TableId;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** The smallest part of a partition that is applied as a whole: a position stands before or after a step, never inside. */
public sealed interface Step {

    /** The offset of the step's first record. */
    long offset();

    /** The sequence number of the step's last record. */
    long sequence();

    /** What the step is about; null if that could not be understood. */
    @Nullable
    TableId table();

    /** A change of one row; {@code record} is the event as it came. */
    record RowChange(ConsumerRecord<byte[], byte[]> record, ChangeEvent event) implements Step {

        @Override
        public long offset() {
            return record.offset();
        }

        @Override
        public long sequence() {
            return event.sequence();
        }

        @Override
        public TableId table() {
            return event.table();
        }

        /** Whether it is a row of a snapshot. */
        boolean isRead() {
            return event.operation() == Operation.READ;
        }

        /** The row's key as JSON. */
        String key() {
            return Objects.requireNonNull(event.key()).json();
        }
    }

    /** All rows of a table, or of a partition's share of it, are gone. */
    record Truncation(long offset, ChangeEvent event, Share share) implements Step {

        @Override
        public long sequence() {
            return event.sequence();
        }

        @Override
        public TableId table() {
            return event.table();
        }
    }

    /**
     * All rows of a range of keys, or a partition's share of them.
     *
     * @param offset the offset of the chunk's start
     * @param sequence the sequence number of the chunk's end
     * @param rows the rows that could be understood
     * @param complete whether these are all; otherwise nothing may be deleted for its lack
     * @param unreadable records in its midst that could not be understood
     */
    record Chunk(
            long offset,
            long sequence,
            ChunkStart start,
            List<RowChange> rows,
            boolean complete,
            List<Unreadable> unreadable,
            Share share)
            implements Step {

        @Override
        public TableId table() {
            return start.tableId();
        }
    }

    /**
     * The changes that follow are of a table with other columns.
     *
     * @param share what the partition has of the table: changes of the others may still be of the former columns
     */
    record SchemaChange(long offset, Marker.SchemaChange marker, Share share) implements Step {

        @Override
        public long sequence() {
            return marker.sequence();
        }

        @Override
        public TableId table() {
            return marker.tableId();
        }
    }

    /**
     * A record that is no change event.
     *
     * @param sequence the sequence number of the event before it
     * @param reason why it could not be understood
     */
    record Unreadable(ConsumerRecord<byte[], byte[]> record, long sequence, String reason) implements Step {

        @Override
        public long offset() {
            return record.offset();
        }

        @Override
        public @Nullable TableId table() {
            return null;
        }
    }
}
