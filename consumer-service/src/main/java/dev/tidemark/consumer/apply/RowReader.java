package dev.tidemark.consumer.apply;

import static java.util.stream.Collectors.joining;

import dev.tidemark.model.EventReader;
import dev.tidemark.model.Row;
import dev.tidemark.model.RowKey;
import dev.tidemark.model.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Reads single rows of the destination as JSON, written the way the source writes the rows of events, under its names, so that the two can be compared. */
public final class RowReader {

    /** The source's {@code cdc.row_expression}: what row_to_json() would nest goes as text. */
    private static final String EXPRESSIONS = """
            WITH RECURSIVE base(attnum, type) AS (
                SELECT attnum, atttypid FROM pg_attribute WHERE attrelid = to_regclass(?) AND attnum > 0 AND NOT attisdropped
              UNION ALL
                SELECT b.attnum, d.typbasetype FROM base b JOIN pg_type d ON d.oid = b.type AND d.typtype = 'd')
            SELECT a.attname, t.oid IN ('json'::regtype, 'jsonb'::regtype, 'xml'::regtype) OR t.typtype = 'c' OR t.typsubscript = 'array_subscript_handler'::regproc
              OR t.typtype = 'b' AND t.oid >= 16384
              OR EXISTS (SELECT FROM pg_cast c WHERE c.castsource = t.oid AND c.casttarget = 'json'::regtype)
            FROM base b JOIN pg_type t ON t.oid = b.type AND t.typtype <> 'd'
            JOIN pg_attribute a ON a.attrelid = to_regclass(?) AND a.attnum = b.attnum
            ORDER BY a.attnum
            """;

    private static final String READ = "SELECT row_to_json(r.*) FROM (SELECT %s FROM %s t WHERE %s LIMIT 1) r";

    private final DataSource dataSource;
    private final Targets targets;

    public RowReader(DataSource dataSource, Targets targets) {
        this.dataSource = dataSource;
        this.targets = targets;
    }

    /**
     * The row with this key.
     *
     * @return a JSON object, or null if there is no such row
     * @throws EnvironmentException if the table or a column of the key is missing
     * @throws dev.tidemark.model.UndecodableException if the key is not a JSON object of scalars
     * @throws SQLException if the destination is away, or the key does not fit the table
     */
    public @Nullable String read(TableId id, RowKey key) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            return read(connection, targets, id, key);
        }
    }

    static @Nullable String read(Connection connection, Targets targets, TableId id, RowKey key) throws SQLException {
        Row columns = new EventReader().columns(key);
        SinkTable table = new TableCatalog(targets).get(connection, id);
        List<SinkColumn> known =
                columns.columns().names().stream().map(table::column).toList();
        String condition = known.stream()
                .map(column -> "t." + column.sql() + " = " + column.cast("?::text"))
                .collect(joining(" AND "));
        String sql = READ.formatted(
                expressions(connection, targets.of(id)), table.sql(), condition.isEmpty() ? "false" : condition);
        try (PreparedStatement read = connection.prepareStatement(sql)) {
            for (int i = 0; i < known.size(); i++) {
                read.setString(i + 1, columns.value(i));
            }
            ResultSet row = read.executeQuery();
            return row.next() ? row.getString(1) : null;
        }
    }

    private static String expressions(Connection connection, Target target) throws SQLException {
        List<String> expressions = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(EXPRESSIONS)) {
            query.setString(1, target.table().sql());
            query.setString(2, target.table().sql());
            ResultSet row = query.executeQuery();
            while (row.next()) {
                String column = row.getString(1);
                String source = target.source(column);
                if (source != null && !target.isMark(column)) {
                    expressions.add("t." + TableId.quote(column) + (row.getBoolean(2) ? "::text" : "") + " AS "
                            + TableId.quote(source));
                }
            }
        }
        return String.join(", ", expressions);
    }
}
