package dev.tidemark.model;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A mark in a topic between the events. It travels as a record without a value, whose key no row has and whose content is in a header:
 * readers that know nothing of markers see the deletion of a key that they do not have.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(Marker.ChunkStart.class),
    @JsonSubTypes.Type(Marker.ChunkEnd.class),
    @JsonSubTypes.Type(Marker.SchemaChange.class)
})
public sealed interface Marker {

    /** The header that holds the content. */
    String HEADER = "tidemark.marker";

    /** The marker's number in the pipeline. */
    long sequence();

    /**
     * The events that follow, up to the end of the chunk, are all rows of a range of the table's keys: what else lies in that range is not in the source.
     *
     * @param after the key before the first of the range, or null if the range has no lower bound
     * @param upTo the last key of the range, or null if the range has no upper bound
     * @param columns the table's columns, in order
     * @param collations what the order of each column of the key depends on beside its type: the collation as {@code provider:name:version}, the labels of an enum
     */
    @JsonTypeName("chunk-start")
    record ChunkStart(
            long sequence,
            String schema,
            String table,
            @Nullable RowKey after,
            @Nullable RowKey upTo,
            List<ColumnType> columns,
            Map<String, String> collations)
            implements Marker {

        /** The table at the source. */
        public TableId tableId() {
            return new TableId(schema, table);
        }
    }

    /**
     * The chunk is complete.
     *
     * @param rows how many rows stand between the chunk's start and its end
     */
    @JsonTypeName("chunk-end")
    record ChunkEnd(long sequence, long rows) implements Marker {}

    /**
     * The events that follow are of a table with other columns. It may come more than once.
     *
     * @param before the columns of the events so far, in order
     * @param columns the columns of the events that follow
     */
    @JsonTypeName("schema-change")
    record SchemaChange(long sequence, String schema, String table, List<ColumnType> before, List<ColumnType> columns)
            implements Marker {

        /** The table at the source. */
        public TableId tableId() {
            return new TableId(schema, table);
        }
    }

    /**
     * A column as the source has it.
     *
     * @param type the type in SQL, with its modifiers; types outside of PostgreSQL's catalog have their schema
     * @param keyPosition the column's place in the key, from 1, or 0
     * @param number stays the same when the column is renamed; 0 in markers of older versions
     */
    record ColumnType(
            String name,
            String type,
            boolean notNull,
            boolean generated,
            int keyPosition,
            @JsonSetter(nulls = Nulls.AS_EMPTY) int number) {}
}
