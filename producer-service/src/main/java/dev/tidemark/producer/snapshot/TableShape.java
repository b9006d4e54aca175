package dev.tidemark.producer.snapshot;

import static java.util.stream.Collectors.toSet;

import dev.tidemark.model.Marker.ColumnType;
import dev.tidemark.model.TableId;
import dev.tidemark.producer.source.TrackedTable;
import dev.tidemark.producer.source.UntrackableTableException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The columns of a table.
 *
 * @param columns in the table's order
 * @param key the columns of the key, in key order
 * @param collations what the order of each key column depends on beside its type: a collation, or the labels of an enum
 */
public record TableShape(List<ColumnType> columns, List<ColumnType> key, Map<String, String> collations) {

    /** As cdc.key_order begins the order of an enum. */
    private static final String ENUM = "enum:";

    /** The key is the one that the table is tracked by. */
    private static final String COLUMNS = """
            SELECT c.name, c.type, c."notNull", c.generated, coalesce(array_position(?::text[], c.name), 0), c.number,
              cdc.key_order(a.atttypid, a.attcollation)
            FROM to_regclass(?) relation,
              json_to_recordset(cdc.columns(relation)) AS c(name text, type text, "notNull" boolean, generated boolean, number int),
              pg_attribute a
            WHERE a.attrelid = relation AND a.attnum = c.number
            ORDER BY c.number
            """;

    static TableShape read(Connection connection, TrackedTable table) throws SQLException {
        List<ColumnType> columns = new ArrayList<>();
        Map<String, String> collations = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(COLUMNS)) {
            statement.setArray(
                    1, connection.createArrayOf("text", table.keyColumns().toArray()));
            statement.setString(2, table.id().sql());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    ColumnType column = new ColumnType(
                            row.getString(1),
                            row.getString(2),
                            row.getBoolean(3),
                            row.getBoolean(4),
                            row.getInt(5),
                            row.getInt(6));
                    columns.add(column);
                    if (column.keyPosition() > 0 && row.getString(7) != null) {
                        collations.put(column.name(), row.getString(7));
                    }
                }
            }
        }
        return new TableShape(columns, key(table.id(), table.keyColumns(), columns), collations);
    }

    /** The columns of the key that have a collation. */
    Set<String> collated() {
        return collations.entrySet().stream()
                .filter(column -> !column.getValue().startsWith(ENUM))
                .map(Map.Entry::getKey)
                .collect(toSet());
    }

    /** The same where text is ordered by its bytes. */
    TableShape bytewise() {
        Map<String, String> bytewise = new HashMap<>(collations);
        collated().forEach(column -> bytewise.put(column, "C"));
        return new TableShape(columns, key, bytewise);
    }

    private static List<ColumnType> key(TableId table, List<String> names, List<ColumnType> columns) {
        List<ColumnType> key = columns.stream()
                .filter(column -> column.keyPosition() > 0)
                .sorted(Comparator.comparingInt(ColumnType::keyPosition))
                .toList();
        if (key.size() != names.size()) {
            throw new UntrackableTableException("The table " + table + " no longer has its key columns " + names
                    + ": track it again with cdc.track");
        }
        return key;
    }
}
