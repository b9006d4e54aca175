package dev.tidemark.consumer.deadletter;

import dev.tidemark.model.TopicNames;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.apache.kafka.common.TopicPartition;

/**
 * The letters of the pipeline that are to be sent, in a transaction of its own. Of several instances one has them at a time: by an advisory lock, not by locks of the rows, for
 * which those who apply events would have to wait while Kafka does not answer.
 */
final class Outbox implements AutoCloseable {

    private static final String LOCK =
            "SELECT pg_try_advisory_xact_lock(hashtextextended('tidemark.dead_letters.' || ?, 0))";

    private static final String PARTITIONS = """
            SELECT DISTINCT d.topic, d.partition FROM (
              SELECT topic, partition FROM cdc.dead_letter WHERE starts_with(topic, ?) AND published_at IS NULL AND id <> ALL (?) AND topic <> ALL (?) ORDER BY id LIMIT ?) d
            """;

    /** As many as fit into memory, and at least one. */
    private static final String PAGE = """
            SELECT %s, d.record_key, d.record_value, d.record_time
            FROM (
              SELECT *, sum(coalesce(octet_length(record_value), 0)) OVER (ORDER BY id) - coalesce(octet_length(record_value), 0) AS bytes_before
              FROM (SELECT * FROM cdc.dead_letter WHERE starts_with(topic, ?) AND published_at IS NULL AND id <> ALL (?) AND topic <> ALL (?) ORDER BY id LIMIT ?) p) d
            WHERE d.bytes_before < ? ORDER BY d.id
            """.formatted(LetterRow.COLUMNS);

    /** Does not wait for rows that somebody else writes, lest the two wait for each other. They stay for the next time. */
    private static final String MARK = """
            UPDATE cdc.dead_letter SET published_at = clock_timestamp()
            WHERE id IN (SELECT id FROM cdc.dead_letter WHERE id = ANY (?) ORDER BY id FOR UPDATE SKIP LOCKED)
            RETURNING id
            """;

    static final int PAGE_LETTERS = 200;
    private static final long PAGE_BYTES = 4 << 20;

    private final TopicNames names;
    private final Connection connection;

    Outbox(DataSource dataSource, TopicNames names) throws SQLException {
        this.names = names;
        connection = dataSource.getConnection();
        connection.setAutoCommit(false);
    }

    /**
     * Where the next letters come from.
     *
     * @param except letters that are left out
     * @param exceptTopics topics of events whose letters are left out
     */
    static List<TopicPartition> partitions(
            DataSource dataSource, TopicNames names, Collection<Long> except, Collection<String> exceptTopics)
            throws SQLException {
        List<TopicPartition> partitions = new ArrayList<>();
        try (Connection connection = dataSource.getConnection();
                PreparedStatement query = connection.prepareStatement(PARTITIONS)) {
            bind(query, names, except, exceptTopics);
            ResultSet row = query.executeQuery();
            while (row.next()) {
                partitions.add(new TopicPartition(row.getString(1), row.getInt(2)));
            }
        }
        return partitions;
    }

    /** @return false if another instance has the letters */
    boolean lock() throws SQLException {
        try (PreparedStatement lock = connection.prepareStatement(LOCK)) {
            lock.setString(1, names.prefix());
            ResultSet row = lock.executeQuery();
            return row.next() && row.getBoolean(1);
        }
    }

    /** The next letters, in the order of their ids. */
    List<DeadLetterRecord> page(Collection<Long> except, Collection<String> exceptTopics) throws SQLException {
        List<DeadLetterRecord> page = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(PAGE)) {
            bind(query, names, except, exceptTopics);
            query.setLong(5, PAGE_BYTES);
            ResultSet row = query.executeQuery();
            while (row.next()) {
                page.add(LetterRow.record(row));
            }
        }
        return page;
    }

    private static void bind(
            PreparedStatement query, TopicNames names, Collection<Long> except, Collection<String> exceptTopics)
            throws SQLException {
        Connection connection = query.getConnection();
        query.setString(1, names.start());
        query.setArray(2, connection.createArrayOf("bigint", except.toArray()));
        query.setArray(3, connection.createArrayOf("text", exceptTopics.toArray()));
        query.setInt(4, PAGE_LETTERS);
    }

    /** @return those that are marked; the others are written by somebody else just now */
    Set<Long> markSent(Collection<Long> ids) throws SQLException {
        Set<Long> marked = new HashSet<>();
        try (PreparedStatement mark = connection.prepareStatement(MARK)) {
            mark.setArray(1, connection.createArrayOf("bigint", ids.toArray()));
            ResultSet row = mark.executeQuery();
            while (row.next()) {
                marked.add(row.getLong(1));
            }
        }
        return marked;
    }

    void commit() throws SQLException {
        connection.commit();
    }

    /** Takes back what was not committed. */
    @Override
    public void close() throws SQLException {
        try (connection) {
            connection.rollback();
        }
    }
}
