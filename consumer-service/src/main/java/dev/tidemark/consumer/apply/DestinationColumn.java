package dev.tidemark.consumer.apply;

import dev.tidemark.model.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A column of the destination as it is declared there.
 *
 * @param type as the markers of the stream write types
 * @param filled whether a row that gives no value for it gets one
 * @param triggered whether a trigger sees each new row first, and may give it a value for this column
 * @param computed whether the database computes its values
 * @param primaryKey the name of the primary key, if the column belongs to it
 */
record DestinationColumn(
        String name,
        String type,
        boolean notNull,
        boolean filled,
        boolean triggered,
        boolean computed,
        @Nullable String primaryKey) {

    /** Types are written without their schema if the search path leads to it; those of the source never are. */
    private static final String PATH = "SELECT set_config('search_path', ?, true)";

    private static final String COLUMNS = """
            SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
              a.atthasdef OR a.attidentity <> '' OR EXISTS (SELECT FROM pg_type t WHERE t.oid = a.atttypid AND t.typdefault IS NOT NULL),
              EXISTS (
                SELECT FROM pg_trigger t
                WHERE t.tgrelid = a.attrelid AND t.tgtype & 7 = 7 -- BEFORE INSERT, FOR EACH ROW
                  AND t.tgenabled IN ('A', CASE current_setting('session_replication_role') WHEN 'replica' THEN 'R' ELSE 'O' END)),
              a.attgenerated <> '',
              (SELECT c.conname FROM pg_constraint c WHERE c.conrelid = a.attrelid AND c.contype = 'p' AND a.attnum = ANY (c.conkey))
            FROM pg_attribute a
            WHERE a.attrelid = to_regclass(?) AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY a.attnum
            """;

    DestinationColumn renamed(String newName) {
        return new DestinationColumn(newName, type, notNull, filled, triggered, computed, primaryKey);
    }

    /** Whether it belongs to the primary key. */
    boolean isKey() {
        return primaryKey != null;
    }

    /** The columns of a table by their names. To be called in a transaction. */
    static Map<String, DestinationColumn> of(Connection connection, TableId table) throws SQLException {
        String path = text(connection, "SELECT current_setting('search_path')", null);
        text(connection, PATH, "pg_catalog, pg_temp");
        Map<String, DestinationColumn> columns = new LinkedHashMap<>();
        try (PreparedStatement query = connection.prepareStatement(COLUMNS)) {
            query.setString(1, table.sql());
            ResultSet row = query.executeQuery();
            while (row.next()) {
                columns.put(
                        row.getString(1),
                        new DestinationColumn(
                                row.getString(1),
                                row.getString(2),
                                row.getBoolean(3),
                                row.getBoolean(4),
                                row.getBoolean(5),
                                row.getBoolean(6),
                                row.getString(7)));
            }
        }
        text(connection, PATH, path);
        return columns;
    }

    private static String text(Connection connection, String sql, @Nullable String parameter) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            if (parameter != null) {
                query.setString(1, parameter);
            }
            ResultSet row = query.executeQuery();
            row.next();
            return row.getString(1);
        }
    }
}
