package dev.tidemark.consumer.apply;

import dev.tidemark.consumer.apply.Step.Chunk;
import dev.tidemark.consumer.apply.Step.RowChange;
import dev.tidemark.consumer.apply.Step.SchemaChange;
import dev.tidemark.consumer.apply.Step.Truncation;
import dev.tidemark.model.ChangeEvent;
import dev.tidemark.model.EventReader;
import dev.tidemark.model.RowKey;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes steps in the fewest statements: all changes of rows between chunks, truncates and schema changes at once. */
final class StepWriter {

    private static final Logger log = LoggerFactory.getLogger(StepWriter.class);

    /** How long readers may keep a table from being truncated. */
    private static final String TRUNCATE_LOCK_TIMEOUT = "1s";

    private final TableCatalog catalog;
    private final ChunkWriter chunks;
    private final SchemaFollower schema;
    private final EventReader reader;
    private final Reduction reduction;

    StepWriter(TableCatalog catalog, ChunkWriter chunks, SchemaFollower schema, EventReader reader) {
        this.catalog = catalog;
        this.chunks = chunks;
        this.schema = schema;
        this.reader = reader;
        this.reduction = new Reduction(reader);
    }

    /** Writes what is not refused. */
    void write(Connection connection, List<? extends Step> steps, Verdicts verdicts) throws SQLException {
        List<ChangeEvent> changes = new ArrayList<>(steps.size());
        for (Step step : steps) {
            if (step instanceof RowChange change) {
                if (!verdicts.isRefused(change.offset())) {
                    changes.add(change.event());
                }
                continue;
            }
            writeChanges(connection, changes);
            changes.clear();
            if (step instanceof Chunk chunk) {
                chunks.write(connection, chunk, verdicts);
            } else if (step instanceof Truncation truncation) {
                truncate(connection, truncation);
            } else if (step instanceof SchemaChange change) {
                schema.follow(connection, change);
            }
        }
        writeChanges(connection, changes);
    }

    private void writeChanges(Connection connection, List<ChangeEvent> changes) throws SQLException {
        for (TableChanges table : reduction.reduce(changes)) {
            new TableWriter(connection, catalog.get(connection, table.table())).write(table);
        }
    }

    /** Writes changes, and leaves a trace. */
    void write(Connection connection, List<RowChange> changes, Trace trace) throws SQLException {
        List<ChangeEvent> events = changes.stream().map(RowChange::event).toList();
        for (TableChanges table : reduction.reduce(events)) {
            new TableWriter(connection, catalog.get(connection, table.table()), trace).write(table);
        }
    }

    /** The rows of these changes that would be refused, as far as that can be told without writing them. */
    Set<RowKey> suspects(Connection connection, List<RowChange> changes) throws SQLException {
        Set<RowKey> suspects = new HashSet<>();
        List<ChangeEvent> events = changes.stream().map(RowChange::event).toList();
        for (TableChanges table : reduction.reduce(events)) {
            suspects.addAll(new TableWriter(connection, catalog.get(connection, table.table())).suspects(table));
        }
        return suspects;
    }

    /** Removes all rows that the changes touch, and then writes those that are to be. */
    void replace(Connection connection, List<ChangeEvent> changes) throws SQLException {
        for (TableChanges table : reduction.reduce(changes)) {
            new TableWriter(connection, catalog.get(connection, table.table())).replace(table);
        }
    }

    /** Removes all rows that the changes touch. */
    void remove(Connection connection, List<ChangeEvent> changes) throws SQLException {
        for (TableChanges table : reduction.reduce(changes)) {
            new TableWriter(connection, catalog.get(connection, table.table())).remove(table);
        }
    }

    private void truncate(Connection connection, Truncation truncation) throws SQLException {
        SinkTable table = catalog.get(connection, truncation.table());
        if (!truncation.share().isAll()) {
            new ShareDeletion(connection, table, truncation.share(), reader).deleteAll();
        } else if (catalog.target(truncation.table()).softDelete() != null) {
            deleteAll(connection, table);
        } else {
            truncate(connection, table);
        }
    }

    /** TRUNCATE where it is allowed, for it is quick, and DELETE where it is not, or where readers are in its way. */
    private static void truncate(Connection connection, SinkTable table) throws SQLException {
        Savepoint before = connection.setSavepoint();
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET LOCAL lock_timeout = '" + TRUNCATE_LOCK_TIMEOUT + "'");
            statement.execute("TRUNCATE " + table.sql());
            statement.execute("SET LOCAL lock_timeout = '" + SessionSettings.LOCK_TIMEOUT + "'");
        } catch (SQLException e) {
            connection.rollback(before);
            log.debug("{} cannot be truncated, its rows are deleted: {}", table.sql(), e.getMessage());
            deleteAll(connection, table);
        }
        connection.releaseSavepoint(before);
    }

    private static void deleteAll(Connection connection, SinkTable table) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(table.deletion().ofAll());
        }
    }
}
