package dev.tidemark.consumer;

import dev.tidemark.model.Change;
import dev.tidemark.model.ChangeEvent;
import dev.tidemark.model.EnvelopeWriter;
import dev.tidemark.model.EventReader;
import dev.tidemark.model.Marker;
import dev.tidemark.model.Marker.ChunkStart;
import dev.tidemark.model.Marker.ColumnType;
import dev.tidemark.model.MarkerCodec;
import dev.tidemark.model.Operation;
import dev.tidemark.model.RowKey;
import dev.tidemark.model.TableId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** Events and records of a table, by way of the wire format. JSON is written with ' for ". */
public final class Events {

    /** Of the tables that most tests have. */
    public static final List<ColumnType> ID_AND_NAME = List.of(
            new ColumnType("id", "integer", true, false, 1, 0), new ColumnType("name", "text", false, false, 0, 0));

    private final TableId table;
    private final EnvelopeWriter writer;
    private final EventReader reader = new EventReader();

    public Events(TableId table) {
        this.table = table;
        this.writer = new EnvelopeWriter("0", "test", "source", table);
    }

    public static Events of(String table) {
        return new Events(TableId.parse(table));
    }

    public TableId table() {
        return table;
    }

    public ChangeEvent event(Operation operation, long sequence, String key, String row) {
        return reader.read(key == null ? null : utf8(json(key)), value(operation, sequence, row));
    }

    /** A change as one of a transaction. */
    public ChangeEvent upsert(long sequence, long transactionId, String key, String row) {
        Change change = new Change(Operation.UPDATE, utf8(json(row)), transactionId, sequence, 1_000_000, 0);
        return reader.read(utf8(json(key)), writer.write(change, sequence, 0));
    }

    public ChangeEvent upsert(long sequence, String key, String row) {
        return event(Operation.UPDATE, sequence, key, row);
    }

    public ChangeEvent delete(long sequence, String key) {
        return event(Operation.DELETE, sequence, key, null);
    }

    public ChangeEvent truncate(long sequence) {
        return event(Operation.TRUNCATE, sequence, null, null);
    }

    public ChangeEvent read(long sequence, String key, String row) {
        return event(Operation.READ, sequence, key, row);
    }

    /** The begin of a range of a table that has an id and a name. */
    public ChunkStart chunk(long sequence, String after, String upTo) {
        return new ChunkStart(sequence, table.schema(), table.name(), key(after), key(upTo), ID_AND_NAME, Map.of());
    }

    /** A key, or none. */
    public static RowKey key(String json) {
        return json == null ? null : new RowKey(json(json));
    }

    public ConsumerRecord<byte[], byte[]> record(
            TopicPartition partition, long offset, Operation operation, long sequence, String key, String row) {
        return record(partition, offset, key == null ? null : utf8(json(key)), value(operation, sequence, row));
    }

    public ConsumerRecord<byte[], byte[]> omitted(TopicPartition partition, long offset, long sequence, String key) {
        return record(
                partition,
                offset,
                utf8(json(key)),
                writer.write(new Change(Operation.UPDATE, null, 1, 1, 0, 20_000_000), sequence, 0));
    }

    public static ConsumerRecord<byte[], byte[]> record(
            TopicPartition partition, long offset, byte[] key, byte[] value) {
        return new ConsumerRecord<>(partition.topic(), partition.partition(), offset, key, value);
    }

    public static ConsumerRecord<byte[], byte[]> marker(TopicPartition partition, long offset, Marker marker) {
        RecordHeaders headers = new RecordHeaders();
        headers.add(Marker.HEADER, MarkerCodec.write(marker));
        return new ConsumerRecord<>(
                partition.topic(),
                partition.partition(),
                offset,
                0L,
                TimestampType.CREATE_TIME,
                0,
                0,
                MarkerCodec.key(),
                null,
                headers,
                Optional.empty());
    }

    public byte[] value(Operation operation, long sequence, String row) {
        return writer.write(
                new Change(operation, row == null ? null : utf8(json(row)), 1, sequence, 1_000_000, 0), sequence, 0);
    }

    public static String json(String text) {
        return text.replace('\'', '"');
    }

    public static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
