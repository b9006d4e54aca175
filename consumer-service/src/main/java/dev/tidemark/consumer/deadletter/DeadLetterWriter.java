package dev.tidemark.consumer.deadletter;

import dev.tidemark.model.ChangeEvent;
import dev.tidemark.model.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Writes dead letters in the transaction of those who apply events. */
public final class DeadLetterWriter {

    /** The same record comes again after a rewind. What somebody has discarded stays discarded; all else is as it was before. */
    private static final String INSERT = """
            INSERT INTO cdc.dead_letter AS d (topic, partition, record_offset, topic_id, table_name, key, operation, sequence, record_key, record_value, record_time,
              cause_class, cause, rule, sql_state, message)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (topic_id, partition, record_offset) DO UPDATE SET
              cause_class = EXCLUDED.cause_class, cause = EXCLUDED.cause, rule = EXCLUDED.rule, sql_state = EXCLUDED.sql_state, message = EXCLUDED.message,
              attempts = d.attempts + 1, last_tried_at = clock_timestamp(),
              state = CASE WHEN d.state = 'discarded' THEN d.state ELSE 'open' END,
              closed_at = CASE WHEN d.state = 'discarded' THEN d.closed_at END,
              closed_by = CASE WHEN d.state = 'discarded' THEN d.closed_by END
            """;

    private static final String SUPERSEDE = """
            UPDATE cdc.dead_letter d SET state = 'superseded', closed_at = clock_timestamp()
            FROM unnest(?, CAST(? AS bigint[])) AS e(key, sequence)
            WHERE d.state = 'open' AND d.table_name = ? AND d.topic = ? AND md5(d.key) = md5(e.key) AND d.key = e.key
              AND CASE WHEN d.topic_id = ? THEN d.sequence <= e.sequence ELSE ? END
            """;

    private static final String HAS_OPEN =
            "SELECT EXISTS (SELECT FROM cdc.dead_letter WHERE state = 'open' AND table_name = ?)";

    private DeadLetterWriter() {}

    public static void insert(Connection connection, List<RefusedEvent> refused) throws SQLException {
        if (refused.isEmpty()) {
            return;
        }
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            for (RefusedEvent letter : refused) {
                bind(insert, letter);
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    private static void bind(PreparedStatement insert, RefusedEvent letter) throws SQLException {
        ConsumerRecord<byte[], byte[]> record = letter.record();
        ChangeEvent event = letter.event();
        Refusal refusal = letter.refusal();
        insert.setString(1, record.topic());
        insert.setInt(2, record.partition());
        insert.setLong(3, record.offset());
        insert.setString(4, letter.topicId());
        insert.setString(5, event == null ? null : event.table().toString());
        insert.setString(
                6,
                event == null || event.key() == null
                        ? null
                        : storable(event.key().json()));
        insert.setString(
                7, event == null ? null : String.valueOf(event.operation().code()));
        insert.setObject(8, event == null ? null : event.sequence(), Types.BIGINT);
        insert.setBytes(9, record.key());
        insert.setBytes(10, record.value());
        insert.setTimestamp(11, record.timestamp() < 0 ? null : new Timestamp(record.timestamp()));
        insert.setString(12, refusal.causeClass().code());
        insert.setString(13, storable(refusal.cause()));
        insert.setString(14, refusal.rule());
        insert.setString(15, refusal.sqlState());
        insert.setString(16, storable(refusal.message()));
    }

    /** PostgreSQL's text has no U+0000. */
    static String storable(String text) {
        return text.replace('\u0000', '\uFFFD');
    }

    /**
     * Rows of a table were written: what was refused of them before no longer matters.
     *
     * @param topic the topic that the events come from: another pipeline's table may have the same name
     * @param topicId Kafka's id of the topic
     * @param latest whether this is the topic as it is now, so that letters of one that was there before are older whatever their numbers
     * @param sequences the sequence number of the last event of each row that was applied, by the row's key
     */
    public static void supersede(
            Connection connection,
            TableId table,
            String topic,
            String topicId,
            boolean latest,
            Map<String, Long> sequences)
            throws SQLException {
        try (PreparedStatement supersede = connection.prepareStatement(SUPERSEDE)) {
            List<String> keys = List.copyOf(sequences.keySet());
            supersede.setArray(1, connection.createArrayOf("text", keys.toArray()));
            supersede.setArray(
                    2,
                    connection.createArrayOf(
                            "bigint", keys.stream().map(sequences::get).toArray()));
            supersede.setString(3, table.toString());
            supersede.setString(4, topic);
            supersede.setString(5, topicId);
            supersede.setBoolean(6, latest);
            supersede.executeUpdate();
        }
    }

    /** Whether there is anything to supersede. */
    public static boolean hasOpen(Connection connection, TableId table) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(HAS_OPEN)) {
            query.setString(1, table.toString());
            ResultSet row = query.executeQuery();
            return row.next() && row.getBoolean(1);
        }
    }
}
