package dev.tidemark.consumer.deadletter;

import dev.tidemark.model.TopicNames;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter that is being tried again, locked in a transaction.
 *
 * @param record the event as it came
 */
public record StoredLetter(long id, DeadLetterState state, String topicId, ConsumerRecord<byte[], byte[]> record) {

    /** Applying waits for this transaction, and this one for what is being applied: so a letter that is open here is not superseded meanwhile. */
    private static final String LOCK_PARTITIONS = """
            SELECT FROM cdc.applied_offset a
            WHERE (a.topic, a.partition) IN (SELECT d.topic, d.partition FROM cdc.dead_letter d WHERE d.id = ANY (?) AND starts_with(d.topic, ?))
            ORDER BY a.topic, a.partition FOR UPDATE
            """;

    private static final String LOCK = """
            SELECT id, state, topic_id, topic, partition, record_offset, record_key, record_value FROM cdc.dead_letter
            WHERE id = ANY (?) AND starts_with(topic, ?)
            ORDER BY topic, partition, record_offset FOR UPDATE
            """;

    private static final String REPLAYED = """
            UPDATE cdc.dead_letter SET state = 'replayed', attempts = attempts + 1, last_tried_at = clock_timestamp(), closed_at = clock_timestamp(), closed_by = ?, edited_row = ?
            WHERE id = ?
            """;

    private static final String SUPERSEDED =
            "UPDATE cdc.dead_letter SET state = 'superseded', closed_at = clock_timestamp() WHERE id = ? AND state = 'open'";

    private static final String REFUSED = """
            UPDATE cdc.dead_letter SET attempts = attempts + 1, last_tried_at = clock_timestamp(),
              cause_class = ?, cause = ?, rule = ?, sql_state = ?, message = ?
            WHERE id = ?
            """;

    /** The letters of the pipeline with these ids, in the order of their events. */
    public static List<StoredLetter> lock(Connection connection, TopicNames names, List<Long> ids) throws SQLException {
        Array wanted = connection.createArrayOf("bigint", ids.toArray());
        try (PreparedStatement partitions = connection.prepareStatement(LOCK_PARTITIONS);
                PreparedStatement letters = connection.prepareStatement(LOCK)) {
            partitions.setArray(1, wanted);
            partitions.setString(2, names.start());
            partitions.executeQuery();
            letters.setArray(1, wanted);
            letters.setString(2, names.start());
            ResultSet row = letters.executeQuery();
            List<StoredLetter> found = new ArrayList<>();
            while (row.next()) {
                ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>(
                        row.getString(4), row.getInt(5), row.getLong(6), row.getBytes(7), row.getBytes(8));
                found.add(new StoredLetter(
                        row.getLong(1), DeadLetterState.of(row.getString(2)), row.getString(3), record));
            }
            return found;
        }
    }

    /** @param editedRow the row that was applied in place of the event's */
    public void replayed(Connection connection, String who, @Nullable String editedRow) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(REPLAYED)) {
            update.setString(1, who);
            update.setString(2, editedRow);
            update.setLong(3, id);
            update.executeUpdate();
        }
    }

    /** A later letter of the row was applied. */
    public void superseded(Connection connection) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(SUPERSEDED)) {
            update.setLong(1, id);
            update.executeUpdate();
        }
    }

    /** It was tried in vain. */
    public void refused(Connection connection, Refusal refusal) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(REFUSED)) {
            update.setString(1, refusal.causeClass().code());
            update.setString(2, DeadLetterWriter.storable(refusal.cause()));
            update.setString(3, refusal.rule());
            update.setString(4, refusal.sqlState());
            update.setString(5, DeadLetterWriter.storable(refusal.message()));
            update.setLong(6, id);
            update.executeUpdate();
        }
    }
}
