package dev.tidemark.producer.snapshot;

import dev.tidemark.model.Change;
import dev.tidemark.model.RowKey;
import dev.tidemark.producer.source.SourcePoint;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All rows of a range of a table's keys, as they were at one moment.
 *
 * @param after the key before the first of the range, or null if the range begins with the table
 * @param upTo the last key of the range, or null if the range ends with the table
 * @param shape the table's columns at that moment
 */
public record Chunk(
        SourcePoint point, @Nullable RowKey after, @Nullable RowKey upTo, TableShape shape, List<Entry> rows) {

    /** A row with its key, both as JSON. */
    public record Entry(byte[] key, Change change) {}
}
