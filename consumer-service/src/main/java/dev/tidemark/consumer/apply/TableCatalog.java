package dev.tidemark.consumer.apply;

import dev.tidemark.consumer.apply.SinkColumn.Filling;
import dev.tidemark.model.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is known of the destination's tables. It is kept until something fails, since the tables may have changed then. */
final class TableCatalog {

    private static final String TABLE = """
            SELECT c.oid,
              EXISTS (SELECT FROM pg_constraint f WHERE f.confrelid = c.oid AND f.contype = 'f' AND f.confdeltype IN ('c', 'n', 'd'))
            FROM pg_class c WHERE c.oid = to_regclass(?)
            """;

    /** A domain stands for its base type: a cast to the domain would cut values to fit, assignment to the column does not. */
    private static final String COLUMNS = """
            WITH RECURSIVE base(attnum, type, modifier) AS (
                SELECT attnum, atttypid, atttypmod FROM pg_attribute WHERE attrelid = ? AND attnum > 0 AND NOT attisdropped
              UNION ALL
                SELECT b.attnum, d.typbasetype, CASE WHEN b.modifier = -1 THEN d.typtypmod ELSE b.modifier END
                FROM base b JOIN pg_type d ON d.oid = b.type AND d.typtype = 'd')
            SELECT a.attname, format_type(b.type, -1), format_type(b.type, b.modifier),
              b.modifier <> -1 AND CASE WHEN t.typcategory = 'A' THEN t.typelem ELSE t.oid END = ANY (
                '{numeric, time, timetz, timestamp, timestamptz, interval, varchar}'::regtype[]),
              CASE WHEN b.type = 'varchar'::regtype AND b.modifier > 4 THEN b.modifier - 4 ELSE 0 END,
              CASE WHEN a.attgenerated <> '' THEN 'COMPUTED' WHEN a.attidentity = 'a' THEN 'IDENTITY' ELSE 'GIVEN' END, cdc.key_order(a.atttypid, a.attcollation)
            FROM base b JOIN pg_type t ON t.oid = b.type AND t.typtype <> 'd'
            JOIN pg_attribute a ON a.attrelid = ? AND a.attnum = b.attnum
            ORDER BY a.attnum
            """;

    private static final String UNIQUE_KEYS = """
            SELECT (SELECT array_agg(a.attname::text) FROM pg_attribute a
                    WHERE a.attrelid = i.indrelid AND a.attnum = ANY ((i.indkey::smallint[])[0:i.indnkeyatts - 1]))
            FROM pg_index i
            WHERE i.indrelid = ? AND i.indisunique AND i.indimmediate AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
            """;

    /** What no row may be, in terms of columns. */
    private static final String REFUSALS = """
            SELECT (SELECT array_agg(a.attname::text) FROM pg_attribute a WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)),
              'NOT (' || pg_get_expr(c.conbin, c.conrelid) || ')'
            FROM pg_constraint c
            WHERE c.conrelid = ? AND c.contype = 'c' AND c.conkey <> '{}' AND 0 <> ALL (c.conkey) AND coalesce(to_jsonb(c) ->> 'conenforced', 'true') = 'true'
            UNION ALL
            SELECT ARRAY[a.attname::text], format('%I IS NULL', a.attname) FROM pg_attribute a
            WHERE a.attrelid = ? AND a.attnum > 0 AND a.attnotnull AND NOT a.attisdropped
            """;

    private final Targets targets;
    private final Map<TableId, SinkTable> tables = new HashMap<>();

    TableCatalog(Targets targets) {
        this.targets = targets;
    }

    /** What the source's table is at the destination. */
    Target target(TableId id) {
        return targets.sole(id);
    }

    /** A column of the source's table is left out. */
    void ignored(TableId id, String column) {
        targets.ignored(id, column);
    }

    /** @throws MissingTableException if there is no such table */
    SinkTable get(Connection connection, TableId id) throws SQLException {
        SinkTable table = tables.get(id);
        if (table == null) {
            table = read(connection, id);
            tables.put(id, table);
        }
        return table;
    }

    /** Forgets what may no longer be so. */
    void forget() {
        tables.clear();
    }

    /** Forgets what may no longer be so of one table. */
    void forget(TableId id) {
        tables.remove(id);
    }

    boolean exists(Connection connection, TableId id) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(TABLE)) {
            query.setString(1, targets.of(id).table().sql());
            return query.executeQuery().next();
        }
    }

    private SinkTable read(Connection connection, TableId id) throws SQLException {
        Target target = target(id);
        try (PreparedStatement query = connection.prepareStatement(TABLE)) {
            query.setString(1, target.table().sql());
            ResultSet row = query.executeQuery();
            if (!row.next()) {
                throw new MissingTableException(target.table());
            }
            long oid = row.getLong(1);
            return new SinkTable(
                    id,
                    targets,
                    columns(connection, oid, target),
                    uniqueKeys(connection, oid),
                    refusals(connection, oid),
                    row.getBoolean(2));
        }
    }

    private static List<RefusalCondition> refusals(Connection connection, long oid) throws SQLException {
        List<RefusalCondition> conditions = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(REFUSALS)) {
            query.setLong(1, oid);
            query.setLong(2, oid);
            ResultSet row = query.executeQuery();
            while (row.next()) {
                conditions.add(
                        new RefusalCondition(Set.of((String[]) row.getArray(1).getArray()), row.getString(2)));
            }
        }
        return conditions;
    }

    /** By their names at the source. */
    private static Map<String, SinkColumn> columns(Connection connection, long oid, Target target) throws SQLException {
        Map<String, SinkColumn> columns = new LinkedHashMap<>();
        try (PreparedStatement query = connection.prepareStatement(COLUMNS)) {
            query.setLong(1, oid);
            query.setLong(2, oid);
            ResultSet row = query.executeQuery();
            while (row.next()) {
                String name = row.getString(1);
                String source = target.source(name);
                if (source == null) {
                    continue;
                }
                Filling filling = Filling.valueOf(row.getString(6));
                columns.put(
                        source,
                        new SinkColumn(
                                name,
                                source,
                                row.getString(2),
                                row.getString(3),
                                row.getBoolean(4),
                                row.getInt(5),
                                filling,
                                row.getString(7)));
            }
        }
        return columns;
    }

    private static List<Set<String>> uniqueKeys(Connection connection, long oid) throws SQLException {
        List<Set<String>> keys = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(UNIQUE_KEYS)) {
            query.setLong(1, oid);
            ResultSet row = query.executeQuery();
            while (row.next()) {
                keys.add(Set.of((String[]) row.getArray(1).getArray()));
            }
        }
        return keys;
    }
}
