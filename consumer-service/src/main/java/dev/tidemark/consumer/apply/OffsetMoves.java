package dev.tidemark.consumer.apply;

import dev.tidemark.consumer.database.Transaction;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.apache.kafka.common.TopicPartition;

/**
 * Moves partitions in {@code cdc.applied_offset} on behalf of an operator, all of them or none:
 *
 * <ol>
 *   <li>the group has to be paused, and cannot be resumed before this is done;
 *   <li>each partition's row is locked without waiting: whoever holds it has a batch under way;
 *   <li>each has to stand where the operator believes it to stand.
 * </ol>
 *
 * An instance that has not heard of the pause yet finds its partition elsewhere and is {@linkplain FencedException fenced}. The last sequence is forgotten, so
 * that events are taken which were applied before.
 */
public final class OffsetMoves {

    private static final String HOLD = """
            SELECT topic, partition, next_offset FROM cdc.applied_offset
            WHERE (topic, partition) IN (SELECT * FROM unnest(?, CAST(? AS int[]))) ORDER BY topic, partition FOR UPDATE NOWAIT
            """;

    /** Who moves into a topic that was made anew means that one. */
    private static final String MOVE = """
            UPDATE cdc.applied_offset a SET next_offset = p.next_offset, topic_id = p.topic_id, last_sequence = NULL
            FROM unnest(?, CAST(? AS int[]), ?, CAST(? AS bigint[])) AS p(topic, partition, topic_id, next_offset)
            WHERE a.topic = p.topic AND a.partition = p.partition
            """;

    private static final String LOCKED = "55P03";

    private final DataSource dataSource;
    private final ControlStore control;

    public OffsetMoves(DataSource dataSource, ControlStore control) {
        this.dataSource = dataSource;
        this.control = control;
    }

    /**
     * A partition that is to stand elsewhere.
     *
     * @param topicId Kafka's id of the topic that has these offsets
     * @param from where it stands
     */
    public record Move(TopicPartition partition, String topicId, long from, long to) {}

    /** @throws MoveRefusedException if it cannot be done now */
    public void move(List<Move> moves) throws SQLException {
        try (Transaction transaction = Transaction.durable(dataSource)) {
            if (!control.holdsPaused(transaction.connection())) {
                throw new MoveRefusedException("Offsets are moved only while the consumers are paused: call"
                        + " POST /admin/pause first, and POST /admin/resume afterwards");
            }
            Map<TopicPartition, Long> held = hold(transaction.connection(), moves);
            for (Move move : moves) {
                if (!Long.valueOf(move.from()).equals(held.get(move.partition()))) {
                    throw new MoveRefusedException(
                            move.partition()
                                    + " does not stand at " + move.from()
                                    + " any more: a batch has been applied, or somebody else has moved it. Make the same call again");
                }
            }
            write(transaction.connection(), moves);
            transaction.commit();
        }
    }

    private static Map<TopicPartition, Long> hold(Connection connection, List<Move> moves) throws SQLException {
        Map<TopicPartition, Long> held = new HashMap<>();
        try (PreparedStatement hold = connection.prepareStatement(HOLD)) {
            hold.setArray(
                    1,
                    OffsetStore.array(
                            connection, moves, move -> move.partition().topic()));
            hold.setArray(
                    2,
                    OffsetStore.array(
                            connection, moves, move -> move.partition().partition()));
            ResultSet row = hold.executeQuery();
            while (row.next()) {
                held.put(new TopicPartition(row.getString(1), row.getInt(2)), row.getLong(3));
            }
            return held;
        } catch (SQLException e) {
            if (LOCKED.equals(e.getSQLState())) {
                throw new MoveRefusedException("A batch is still being applied: make the same call again in a moment");
            }
            throw e;
        }
    }

    private static void write(Connection connection, List<Move> moves) throws SQLException {
        try (PreparedStatement write = connection.prepareStatement(MOVE)) {
            write.setArray(
                    1,
                    OffsetStore.array(
                            connection, moves, move -> move.partition().topic()));
            write.setArray(
                    2,
                    OffsetStore.array(
                            connection, moves, move -> move.partition().partition()));
            write.setArray(3, OffsetStore.array(connection, moves, Move::topicId));
            write.setArray(4, OffsetStore.array(connection, moves, Move::to));
            write.executeUpdate();
        }
    }
}
