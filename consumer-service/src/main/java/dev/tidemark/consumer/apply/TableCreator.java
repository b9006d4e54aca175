package dev.tidemark.consumer.apply;

import static java.util.stream.Collectors.joining;

import dev.tidemark.consumer.apply.SinkProperties.SoftDelete;
import dev.tidemark.model.Marker.ChunkStart;
import dev.tidemark.model.Marker.ColumnType;
import dev.tidemark.model.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a table as the start of a chunk describes it: columns, types, NOT NULL and the key. Columns that the source computes become ordinary ones, which take
 * the source's values; defaults, indexes and constraints are up to the destination.
 */
final class TableCreator {

    private static final Logger log = LoggerFactory.getLogger(TableCreator.class);

    private TableCreator() {}

    /** Lets no other consumer make tables until the transaction ends. */
    static void lock(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_advisory_xact_lock(hashtext('cdc.create_table'))");
        }
    }

    static void create(Connection connection, ChunkStart start, Target target) throws SQLException {
        for (ColumnType column : start.columns()) {
            target.requireNoMark(column.name());
            requireType(connection, start.tableId(), column);
        }
        try (Statement statement = connection.createStatement()) {
            // Not IF NOT EXISTS, which asks for the right to make schemas even if there is nothing to make.
            String schema = target.table().schema();
            if (!exists(connection, schema)) {
                statement.execute("CREATE SCHEMA " + TableId.quote(schema));
            }
            statement.execute(table(start, target));
        }
        log.info("Created the table {} as {} is at the source", target.table(), start.tableId());
    }

    private static String table(ChunkStart start, Target target) {
        String columns = start.columns().stream()
                .map(column -> column(start, target, column))
                .collect(joining(", "));
        String key = start.columns().stream()
                .filter(column -> column.keyPosition() > 0)
                .sorted(Comparator.comparingInt(ColumnType::keyPosition))
                .map(column -> TableId.quote(target.column(column.name())))
                .collect(joining(", "));
        SoftDelete soft = target.softDelete();
        String marks = soft == null
                ? ""
                : ", %s boolean NOT NULL DEFAULT false, %s timestamptz"
                        .formatted(TableId.quote(soft.flag()), TableId.quote(soft.time()));
        return "CREATE TABLE %s (%s%s, PRIMARY KEY (%s))"
                .formatted(target.table().sql(), columns, marks, key);
    }

    private static String column(ChunkStart start, Target target, ColumnType column) {
        boolean bytewise = "C".equals(start.collations().get(column.name()));
        return TableId.quote(target.column(column.name()))
                + ' '
                + column.type()
                + (bytewise ? " COLLATE \"C\"" : "")
                + (column.notNull() && !column.generated() ? " NOT NULL" : "");
    }

    private static boolean exists(Connection connection, String schema) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT FROM pg_namespace WHERE nspname = ?")) {
            query.setString(1, schema);
            return query.executeQuery().next();
        }
    }

    /** PostgreSQL takes nothing but the name of a type here, so that no type can smuggle in a statement. */
    static void requireType(Connection connection, TableId table, ColumnType column) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT to_regtype(?) IS NOT NULL")) {
            query.setString(1, column.type());
            ResultSet row = query.executeQuery();
            if (!row.next() || !row.getBoolean(1)) {
                throw new EnvironmentException(
                        ("The type %s of column %s of the table %s does not exist at the destination:"
                                        + " create it there as it is at the source (CREATE TYPE %1$s … or CREATE EXTENSION …)")
                                .formatted(column.type(), TableId.quote(column.name()), table));
            }
        }
    }
}
