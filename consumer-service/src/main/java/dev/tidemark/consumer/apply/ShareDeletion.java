package dev.tidemark.consumer.apply;

import static java.util.stream.Collectors.joining;

import dev.tidemark.model.Columns;
import dev.tidemark.model.EventReader;
import dev.tidemark.model.Row;
import dev.tidemark.model.RowKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Deletes rows of a partition's share. Which rows these are only the hash of their keys tells, in the very text that the source writes: so the keys are read, in
 * that text, and the rows deleted by them.
 */
final class ShareDeletion {

    /** How many keys are in memory at once. */
    private static final int KEYS = 5_000;

    /** The types whose values are written as they are, as {@code cdc.canonical} at the source has them. */
    private static final Set<String> PLAIN = Set.of(
            "boolean",
            "\"char\"",
            "name",
            "bytea",
            "smallint",
            "integer",
            "bigint",
            "oid",
            "text",
            "character varying",
            "date",
            "time without time zone",
            "time with time zone",
            "timestamp without time zone",
            "timestamp with time zone",
            "uuid",
            "inet",
            "cidr",
            "macaddr",
            "macaddr8",
            "bit varying",
            "money",
            "pg_lsn",
            "xid8");

    private final Connection connection;
    private final SinkTable table;
    private final Share share;
    private final EventReader reader;

    ShareDeletion(Connection connection, SinkTable table, Share share, EventReader reader) {
        this.connection = connection;
        this.table = table;
        this.share = share;
        this.reader = reader;
    }

    /** Deletes all rows of the share. */
    void deleteAll() throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(keys("true"))) {
            delete(query);
        }
    }

    /** Deletes the rows of the share that lie in a range and have none of these keys. */
    void deleteOthers(KeyRange range, Columns key, List<Row> kept) throws SQLException {
        List<SinkColumn> columns = table.key(key);
        try (PreparedStatement query =
                connection.prepareStatement(keys(range.sql() + " AND " + Deletion.noneOf(columns)))) {
            TableWriter.bindKeys(query, range.bind(query, 1), kept, columns.size());
            delete(query);
        }
    }

    private String keys(String condition) {
        String key = share.partitioning().key().entrySet().stream()
                .map(column -> literal(column.getKey()) + ", " + text(column))
                .collect(joining(", "));
        return "SELECT CAST(json_build_object(%s) AS text) FROM %s t WHERE %s%s"
                .formatted(key, table.sql(), condition, table.deletion().notYet());
    }

    /** What the source writes; {@code bit} without a length would be one bit. */
    private String text(Map.Entry<String, String> column) {
        String value = "t." + table.column(column.getKey()).sql();
        String type = column.getValue();
        return switch (type) {
            case "numeric" -> "trim_scale(CAST(" + value + " AS numeric))";
            case "real", "double precision" -> "CAST(" + value + " AS " + type + ") + CAST(0 AS " + type + ")";
            case "bit", "\"bit\"" -> "CAST(" + value + " AS bit varying)";
            default -> {
                if (!PLAIN.contains(type)) {
                    throw new EnvironmentException(
                            "The key column " + column.getKey() + " has the type " + type
                                    + ", whose form in keys is not known: a consumer-service of the producer's version is needed");
                }
                yield "CAST(" + value + " AS " + type + ")";
            }
        };
    }

    private void delete(PreparedStatement keys) throws SQLException {
        keys.setFetchSize(KEYS);
        TableWriter writer = new TableWriter(connection, table);
        List<Row> found = new ArrayList<>();
        ResultSet row = keys.executeQuery();
        while (row.next()) {
            String key = row.getString(1);
            if (share.has(key)) {
                found.add(reader.columns(new RowKey(key)));
            }
            if (found.size() == KEYS) {
                delete(writer, found);
            }
        }
        delete(writer, found);
    }

    private void delete(TableWriter writer, List<Row> found) throws SQLException {
        if (!found.isEmpty()) {
            writer.delete(found.get(0).columns(), found);
            found.clear();
        }
    }

    private static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
