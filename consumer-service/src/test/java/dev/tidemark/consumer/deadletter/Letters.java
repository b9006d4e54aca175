package dev.tidemark.consumer.deadletter;

import dev.tidemark.consumer.Events;
import dev.tidemark.consumer.apply.TestDestination;
import dev.tidemark.model.EventReader;
import dev.tidemark.model.Operation;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** Writes dead letters as those do who apply events. JSON is written with ' for ". */
public final class Letters {

    public static final Refusal TOO_LONG = new Refusal(
            CauseClass.VALUE, "name varchar(5)", null, "22001", "value too long for type character varying(5)");
    public static final Refusal MINOR =
            new Refusal(CauseClass.RULE, "adults", "adults", null, "the rule adults refuses the row: age is 17");
    public static final Refusal GARBAGE =
            new Refusal(CauseClass.UNDECODABLE, "no JSON", null, null, "the value is no JSON: Unexpected character");

    private final TestDestination destination;
    private final EventReader reader = new EventReader();

    public Letters(TestDestination destination) {
        this.destination = destination;
    }

    /** A change of a row of a table, at offset = sequence. */
    public long refuse(String table, long sequence, String key, String row, Refusal refusal) {
        Events events = Events.of(table);
        byte[] keyBytes = Events.utf8(Events.json(key));
        byte[] value = events.value(Operation.UPDATE, sequence, row);
        ConsumerRecord<byte[], byte[]> record =
                record(new TopicPartition("x.public." + table, 0), sequence, keyBytes, value);
        return insert(new RefusedEvent(record, "id of " + table, reader.read(keyBytes, value), refusal));
    }

    public long refuse(String table, long sequence, int id, Refusal refusal) {
        return refuse(table, sequence, "{'id' : " + id + "}", "{'id':" + id + ",'name':'toolong'}", refusal);
    }

    /** A record that is no event. */
    public long refuse(TopicPartition partition, long offset, byte[] key, byte[] value) {
        return insert(
                new RefusedEvent(record(partition, offset, key, value), "id of " + partition.topic(), null, GARBAGE));
    }

    private static ConsumerRecord<byte[], byte[]> record(
            TopicPartition partition, long offset, byte[] key, byte[] value) {
        return new ConsumerRecord<>(
                partition.topic(),
                partition.partition(),
                offset,
                1_700_000_000_123L,
                TimestampType.CREATE_TIME,
                -1,
                -1,
                key,
                value,
                new RecordHeaders(),
                Optional.empty());
    }

    private long insert(RefusedEvent letter) {
        try (Connection connection = destination.dataSource().getConnection()) {
            DeadLetterWriter.insert(connection, List.of(letter));
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        return Long.parseLong(destination.value("SELECT max(id) FROM cdc.dead_letter"));
    }

    /** Lets a letter be as if a later event had superseded it, or somebody had closed it. */
    public void close(long id, DeadLetterState state, String since) {
        destination.execute(
                "UPDATE cdc.dead_letter SET state = '%s', closed_at = now() - interval '%s', closed_by = 'ada' WHERE id = %d"
                        .formatted(state.code(), since, id));
    }

    public String state(long id) {
        return destination.value("SELECT state FROM cdc.dead_letter WHERE id = " + id);
    }
}
