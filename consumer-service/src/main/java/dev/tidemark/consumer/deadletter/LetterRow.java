package dev.tidemark.consumer.deadletter;

import dev.tidemark.model.TableId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Rows of {@code cdc.dead_letter}, columns by name. */
final class LetterRow {

    /** All but the record, which may be large. */
    static final String COLUMNS = """
            d.id, d.topic, d.partition, d.record_offset, d.table_name, d.key, d.operation, d.sequence,
            d.cause_class, d.cause, d.rule, d.sql_state, d.message,
            d.state, d.attempts, d.first_seen_at, d.last_tried_at, d.edited_row, d.closed_at, d.closed_by, d.published_at
            """;

    private LetterRow() {}

    static DeadLetter letter(ResultSet row) throws SQLException {
        return new DeadLetter(
                row.getLong("id"),
                new TopicPartition(row.getString("topic"), row.getInt("partition")),
                row.getLong("record_offset"),
                table(row),
                row.getString("key"),
                row.getString("operation"),
                row.getObject("sequence", Long.class),
                refusal(row),
                DeadLetterState.of(row.getString("state")),
                row.getInt("attempts"),
                time(row.getTimestamp("first_seen_at")),
                time(row.getTimestamp("last_tried_at")),
                row.getString("edited_row"),
                optionalTime(row, "closed_at"),
                row.getString("closed_by"),
                optionalTime(row, "published_at"));
    }

    static DeadLetterRecord record(ResultSet row) throws SQLException {
        return new DeadLetterRecord(
                letter(row),
                row.getBytes("record_key"),
                row.getBytes("record_value"),
                optionalTime(row, "record_time"));
    }

    static @Nullable TableId table(ResultSet row) throws SQLException {
        String name = row.getString("table_name");
        return name == null ? null : TableId.parse(name);
    }

    static Refusal refusal(ResultSet row) throws SQLException {
        return new Refusal(
                CauseClass.of(row.getString("cause_class")),
                row.getString("cause"),
                row.getString("rule"),
                row.getString("sql_state"),
                row.getString("message"));
    }

    static Instant time(Timestamp timestamp) {
        return timestamp.toInstant();
    }

    private static @Nullable Instant optionalTime(ResultSet row, String column) throws SQLException {
        Timestamp timestamp = row.getTimestamp(column);
        return timestamp == null ? null : timestamp.toInstant();
    }
}
