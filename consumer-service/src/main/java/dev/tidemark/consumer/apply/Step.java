package dev.tidemark.consumer.apply;

import dev.tidemark.model.ChangeEvent;
import dev.tidemark.model.Marker.ChunkStart;
import dev.tidemark.model.TableId;
import java.util.List;

/** The smallest part of a partition that is applied as a whole: a position stands before or after a step, never inside. */
public sealed interface Step {

    /** The offset of the step's first record. */
    long offset();

    /** The sequence number of the step's last record. */
    long sequence();

    TableId table();

    /** The change events of the step, in order. */
    List<ChangeEvent> events();

    /** A change of one row. */
    record RowChange(long offset, ChangeEvent event) implements Step {

        @Override
        public long sequence() {
            return event.sequence();
        }

        @Override
        public TableId table() {
            return event.table();
        }

        @Override
        public List<ChangeEvent> events() {
            return List.of(event);
        }
    }

    /** All rows of a table are gone. */
    record Truncation(long offset, ChangeEvent event) implements Step {

        @Override
        public long sequence() {
            return event.sequence();
        }

        @Override
        public TableId table() {
            return event.table();
        }

        @Override
        public List<ChangeEvent> events() {
            return List.of(event);
        }
    }

    /**
     * All rows of a range of keys.
     *
     * @param offset the offset of the chunk's start
     * @param sequence the sequence number of the chunk's end
     */
    record Chunk(long offset, long sequence, ChunkStart start, List<ChangeEvent> events) implements Step {

        @Override
        public TableId table() {
            return start.tableId();
        }
    }
}
