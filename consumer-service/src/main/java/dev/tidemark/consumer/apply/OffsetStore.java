package dev.tidemark.consumer.apply;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import javax.sql.DataSource;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * How far each partition is applied: {@code cdc.applied_offset}. It moves in the transaction that writes the rows, and only from where it was left, so that
 * of two that apply the same records one fails.
 */
public final class OffsetStore {

    /** A topic that was made anew begins again: its numbers too, for its producer may be another one. A row without an id takes the topic as it is. */
    private static final String CLAIM = """
            INSERT INTO cdc.applied_offset AS a (topic, partition, topic_id, next_offset)
            SELECT p.topic, p.partition, p.topic_id, 0 FROM unnest(?, CAST(? AS int[]), ?) AS p(topic, partition, topic_id)
            ON CONFLICT (topic, partition) DO UPDATE SET
              topic_id = EXCLUDED.topic_id,
              next_offset = CASE WHEN a.topic_id IS NULL THEN a.next_offset ELSE 0 END,
              last_sequence = CASE WHEN a.topic_id IS NULL THEN a.last_sequence END,
              applied_at = now()
            WHERE a.topic_id IS DISTINCT FROM EXCLUDED.topic_id
            """;

    private static final String ADVANCE = """
            UPDATE cdc.applied_offset a SET next_offset = p.next_offset, last_sequence = nullif(p.last_sequence, -1), applied_at = now()
            FROM unnest(?, CAST(? AS int[]), ?, CAST(? AS bigint[]), CAST(? AS bigint[]), CAST(? AS bigint[]))
              AS p(topic, partition, topic_id, expected, next_offset, last_sequence)
            WHERE a.topic = p.topic AND a.partition = p.partition AND a.topic_id = p.topic_id AND a.next_offset = p.expected
            """;

    private static final String ALL =
            "SELECT topic, partition, topic_id, next_offset, coalesce(last_sequence, -1), applied_at FROM cdc.applied_offset ORDER BY topic, partition";

    private static final String EXISTS = "SELECT to_regclass('cdc.applied_offset') IS NOT NULL";
    private static final String TOPICS = "SELECT DISTINCT topic FROM cdc.applied_offset ORDER BY 1";

    private final DataSource dataSource;

    public OffsetStore(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /**
     * Where a partition stands, and since when.
     *
     * @param topicId of which topic of this name; null if it does not matter
     */
    public record Stored(TopicPartition partition, @Nullable String topicId, Position position, Instant appliedAt) {}

    /**
     * Where partitions stand; those that have not been seen before stand at their start.
     *
     * @param topicIds Kafka's id of the topic of each partition
     */
    public Map<TopicPartition, Position> claim(Map<TopicPartition, String> topicIds) throws SQLException {
        List<TopicPartition> partitions = List.copyOf(topicIds.keySet());
        try (Connection connection = dataSource.getConnection();
                PreparedStatement claim = connection.prepareStatement(CLAIM)) {
            claim.setArray(1, array(connection, partitions, TopicPartition::topic));
            claim.setArray(2, array(connection, partitions, TopicPartition::partition));
            claim.setArray(3, array(connection, partitions, topicIds::get));
            claim.executeUpdate();
            Map<TopicPartition, Position> positions = new HashMap<>();
            for (Stored stored : all(connection)) {
                if (topicIds.containsKey(stored.partition())) {
                    positions.put(stored.partition(), stored.position());
                }
            }
            return positions;
        }
    }

    /** Where all partitions stand that were ever seen. */
    public List<Stored> all() throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            return all(connection);
        }
    }

    private static List<Stored> all(Connection connection) throws SQLException {
        List<Stored> stored = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(ALL);
                ResultSet row = query.executeQuery()) {
            while (row.next()) {
                Timestamp appliedAt = row.getTimestamp(6);
                stored.add(new Stored(
                        new TopicPartition(row.getString(1), row.getInt(2)),
                        row.getString(3),
                        new Position(row.getLong(4), row.getLong(5)),
                        appliedAt.toInstant()));
            }
        }
        return stored;
    }

    /** The topics that were ever seen; none where the destination was not prepared yet. */
    public static List<String> topics(Connection connection) throws SQLException {
        List<String> topics = new ArrayList<>();
        try (Statement statement = connection.createStatement()) {
            try (ResultSet row = statement.executeQuery(EXISTS)) {
                row.next();
                if (!row.getBoolean(1)) {
                    return topics;
                }
            }
            try (ResultSet row = statement.executeQuery(TOPICS)) {
                while (row.next()) {
                    topics.add(row.getString(1));
                }
            }
        }
        return topics;
    }

    /**
     * Moves partitions from their start to their end.
     *
     * @throws FencedException if one of them does not stand at its start
     */
    static void advance(Connection connection, List<PartitionBatch> batches) throws SQLException {
        try (PreparedStatement advance = connection.prepareStatement(ADVANCE)) {
            advance.setArray(
                    1, array(connection, batches, batch -> batch.partition().topic()));
            advance.setArray(
                    2, array(connection, batches, batch -> batch.partition().partition()));
            advance.setArray(3, array(connection, batches, PartitionBatch::topicId));
            advance.setArray(
                    4, array(connection, batches, batch -> batch.start().nextOffset()));
            advance.setArray(5, array(connection, batches, batch -> batch.end().nextOffset()));
            advance.setArray(6, array(connection, batches, batch -> batch.end().lastSequence()));
            int advanced = advance.executeUpdate();
            if (advanced != batches.size()) {
                throw new FencedException(batches.size(), advanced);
            }
        }
    }

    static <T> Array array(Connection connection, List<T> items, Function<T, Object> value) throws SQLException {
        return connection.createArrayOf(
                "text", items.stream().map(item -> value.apply(item).toString()).toArray(String[]::new));
    }
}
