package dev.tidemark.consumer.apply;

import static dev.tidemark.consumer.apply.Attempts.attempt;
import static java.util.stream.Collectors.joining;

import dev.tidemark.consumer.apply.Step.Chunk;
import dev.tidemark.consumer.apply.Step.Truncation;
import dev.tidemark.model.EventReader;
import dev.tidemark.model.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Closes the dead letters that a chunk supersedes, also those of rows that are no more: all older ones whose key lies in its range. A truncate supersedes all
 * older ones. Both mean the partition's share of the rows.
 */
final class RangeLetters {

    private static final String OLDER =
            "SELECT id, record_key FROM cdc.dead_letter WHERE state = 'open' AND table_name = ? AND topic = ? AND (topic_id <> ? OR sequence < ?)";

    /** A letter's key as columns of {@code t}, to compare it with the range as the rows are; its own id has a name that hardly any column has. */
    private static final String SUPERSEDE = """
            UPDATE cdc.dead_letter d SET state = 'superseded', closed_at = clock_timestamp()
            FROM (SELECT l.id AS "$letter", %s FROM cdc.dead_letter l WHERE l.id = ANY (?)) t
            WHERE d.id = t."$letter" AND %s
            """;

    private static final String SUPERSEDE_ALL =
            "UPDATE cdc.dead_letter SET state = 'superseded', closed_at = clock_timestamp() WHERE id = ANY (?)";

    private final TableCatalog catalog;
    private final EventReader reader;

    RangeLetters(TableCatalog catalog, EventReader reader) {
        this.catalog = catalog;
        this.reader = reader;
    }

    void supersede(Connection connection, String topic, String topicId, Chunk chunk) throws SQLException {
        List<Long> older =
                older(connection, topic, topicId, chunk.table(), chunk.start().sequence(), chunk.share());
        if (older.isEmpty()) {
            return;
        }
        List<SinkColumn> key = catalog.get(connection, chunk.table()).key(ChunkWriter.key(chunk.start()));
        Exception error = attempt(connection, () -> supersede(connection, chunk, key, older));
        if (error == null) {
            return;
        }
        if (ErrorKind.of(error) == ErrorKind.ENVIRONMENT) {
            throw new SQLException(error);
        }
        // A key that does not even fit its column lies in no range: it is the others that count.
        for (Long id : older) {
            attempt(connection, () -> supersede(connection, chunk, key, List.of(id)));
        }
    }

    void supersede(Connection connection, String topic, String topicId, Truncation truncation) throws SQLException {
        List<Long> older =
                older(connection, topic, topicId, truncation.table(), truncation.sequence(), truncation.share());
        if (older.isEmpty()) {
            return;
        }
        try (PreparedStatement update = connection.prepareStatement(SUPERSEDE_ALL)) {
            update.setArray(1, connection.createArrayOf("bigint", older.toArray()));
            update.executeUpdate();
        }
    }

    private static List<Long> older(
            Connection connection, String topic, String topicId, TableId table, long sequence, Share share)
            throws SQLException {
        List<Long> ids = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(OLDER)) {
            query.setString(1, table.toString());
            query.setString(2, topic);
            query.setString(3, topicId);
            query.setLong(4, sequence);
            ResultSet row = query.executeQuery();
            while (row.next()) {
                byte[] key = row.getBytes(2);
                if (share.isAll() || (key != null && share.has(key))) {
                    ids.add(row.getLong(1));
                }
            }
        }
        return ids;
    }

    private void supersede(Connection connection, Chunk chunk, List<SinkColumn> key, List<Long> ids)
            throws SQLException {
        KeyRange range = new KeyRange(chunk.start(), key, reader);
        String columns = key.stream()
                .map(column ->
                        column.cast("CAST(l.key AS jsonb) ->> " + literal(column.source())) + " AS " + column.sql())
                .collect(joining(", "));
        try (PreparedStatement update = connection.prepareStatement(SUPERSEDE.formatted(columns, range.sql()))) {
            update.setArray(1, connection.createArrayOf("bigint", ids.toArray()));
            range.bind(update, 2);
            update.executeUpdate();
        }
    }

    private static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
