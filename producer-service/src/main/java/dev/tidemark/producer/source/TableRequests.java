package dev.tidemark.producer.source;

import dev.tidemark.model.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tables that were added or taken away while the producer ran. */
public final class TableRequests {

    private static final String ALL =
            "SELECT schema_name, table_name, captured FROM cdc.table_request ORDER BY requested_at";
    private static final String OPTIONS =
            "SELECT options::text FROM cdc.table_request WHERE schema_name = ? AND table_name = ?";
    private static final String PUT = """
            INSERT INTO cdc.table_request AS r (schema_name, table_name, captured, requested_by, options) VALUES (?, ?, ?, ?, ?::jsonb)
            ON CONFLICT (schema_name, table_name) DO UPDATE
            SET captured = excluded.captured, requested_by = excluded.requested_by, requested_at = excluded.requested_at, options = coalesce(excluded.options, r.options)
            WHERE r.captured <> excluded.captured OR r.options IS DISTINCT FROM coalesce(excluded.options, r.options)
            """;

    private TableRequests() {}

    /** What was asked last of each table: true if it is to be captured, false if not. */
    public static Map<TableId, Boolean> all(Connection connection) throws SQLException {
        Map<TableId, Boolean> requests = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(ALL)) {
            while (row.next()) {
                requests.put(new TableId(row.getString(1), row.getString(2)), row.getBoolean(3));
            }
        }
        return requests;
    }

    /** The tables to capture: those of the configuration, but for what was asked later. */
    public static Set<TableId> wanted(Collection<TableId> configured, Map<TableId, Boolean> requests) {
        Set<TableId> wanted = new LinkedHashSet<>(configured);
        requests.forEach((table, captured) -> {
            if (captured) {
                wanted.add(table);
            } else {
                wanted.remove(table);
            }
        });
        return wanted;
    }

    /** What was asked last of the table's columns and rows, as cdc.choose has it; null if nothing was. */
    public static @Nullable String options(Connection connection, TableId table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(OPTIONS)) {
            statement.setString(1, table.schema());
            statement.setString(2, table.name());
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getString(1) : null;
            }
        }
    }

    /**
     * @param options null for those that were asked before
     * @return whether something else was asked of the table before, or nothing
     */
    static boolean put(Connection connection, TableId table, boolean captured, String by, @Nullable String options)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(PUT)) {
            statement.setString(1, table.schema());
            statement.setString(2, table.name());
            statement.setBoolean(3, captured);
            statement.setString(4, by);
            statement.setString(5, options);
            return statement.executeUpdate() > 0;
        }
    }
}
