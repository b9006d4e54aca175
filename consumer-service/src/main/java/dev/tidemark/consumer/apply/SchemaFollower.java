package dev.tidemark.consumer.apply;

import static java.util.stream.Collectors.joining;

import dev.tidemark.consumer.apply.SchemaDifference.Alteration;
import dev.tidemark.consumer.apply.SinkProperties.SchemaChanges;
import dev.tidemark.model.Marker.ChunkStart;
import dev.tidemark.model.Marker.ColumnType;
import dev.tidemark.model.TableId;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has tables of the destination follow those of the source that were altered, as it is wished for each: what is safe is done, all else waits until somebody has
 * done it. Several consumers meet the same schema change; whoever comes later finds it done.
 */
final class SchemaFollower {

    private static final Logger log = LoggerFactory.getLogger(SchemaFollower.class);

    /** Readers wait behind whoever waits for the lock. */
    private static final String LOCK_TIMEOUT = "1s";

    /** PostgreSQL may rewrite the table, which takes longer than any other answer may. */
    private static final Duration REWRITE_TIME = Duration.ofDays(1);

    private final TableCatalog catalog;
    private final TableCreator creator;

    SchemaFollower(TableCatalog catalog, TableCreator creator) {
        this.catalog = catalog;
        this.creator = creator;
    }

    /** @throws EnvironmentException if somebody has to alter the destination; the message says how */
    void follow(Connection connection, Step.SchemaChange change) throws SQLException {
        TableId table = change.table();
        if (!catalog.get(connection, table).hasFollowed(change.marker())) {
            catalog.forget(table);
            follow(connection, table, change.marker().before(), change.marker().columns(), change.share());
            catalog.get(connection, table).followed(change.marker());
        }
    }

    /** The table may have been made, or copied, before columns came of which no schema change has told. */
    void addMissing(Connection connection, ChunkStart start) throws SQLException {
        TableId table = start.tableId();
        if (catalog.target(table).schemaChanges() == SchemaChanges.APPLY
                && !catalog.get(connection, table).hasAll(start.columns())) {
            follow(connection, table, List.of(), start.columns(), Share.ALL);
        }
    }

    private void follow(Connection connection, TableId id, List<ColumnType> before, List<ColumnType> now, Share share)
            throws SQLException {
        if (difference(connection, id, before, now, share).alterations().isEmpty()) {
            return;
        }
        creator.lock(connection);
        List<Alteration> alterations =
                difference(connection, id, before, now, share).alterations();
        boolean applying = catalog.target(id).schemaChanges() == SchemaChanges.APPLY;
        List<Alteration> awaited = alterations.stream()
                .filter(alteration -> !applying || !alteration.safe())
                .toList();
        if (!awaited.isEmpty()) {
            throw new EnvironmentException(
                    awaiting(id, awaited, "The table %s does not follow a schema change of %s at the source", ""));
        }
        for (Alteration alteration : alterations) {
            alter(connection, id, alteration);
        }
        catalog.forget(id);
    }

    private SchemaDifference difference(
            Connection connection, TableId id, List<ColumnType> before, List<ColumnType> now, Share share)
            throws SQLException {
        Target target = catalog.target(id);
        SchemaDifference difference = new SchemaDifference(
                target, before, now, share.isAll(), DestinationColumn.of(connection, target.table()));
        difference.left().forEach(column -> catalog.ignored(id, column));
        return difference;
    }

    private void alter(Connection connection, TableId id, Alteration alteration) throws SQLException {
        if (alteration.type() != null) {
            TableCreator.requireType(connection, id, alteration.type());
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET LOCAL lock_timeout = '" + LOCK_TIMEOUT + "'");
            patiently(statement, alteration.sql());
            statement.execute("SET LOCAL lock_timeout = '" + SessionSettings.LOCK_TIMEOUT + "'");
        } catch (SQLException e) {
            String message = awaiting(
                    id,
                    List.of(alteration),
                    "The table %s could not be made to follow a schema change of %s at the source",
                    ", which is tried again (" + e.getMessage() + ')');
            if (ErrorKind.isDisconnection(e)) {
                throw new SQLException(message, e.getSQLState());
            }
            throw new EnvironmentException(message);
        }
        log.info("Altered {} as {} was at the source: {}", catalog.target(id).table(), id, alteration.sql());
    }

    /** That the server is gone is noticed meanwhile by TCP's keep-alive. After a failure the connection is given back, with the usual time. */
    private static void patiently(Statement statement, String sql) throws SQLException {
        Connection connection = statement.getConnection();
        int usual = connection.getNetworkTimeout();
        connection.setNetworkTimeout(Runnable::run, Math.toIntExact(REWRITE_TIME.toMillis()));
        statement.execute(sql);
        connection.setNetworkTimeout(Runnable::run, usual);
    }

    private String awaiting(TableId id, List<Alteration> alterations, String what, String reason) {
        return what.formatted(catalog.target(id).table(), id)
                + reason
                + ". It goes on by itself as soon as somebody has run this at the destination: "
                + alterations.stream().map(Alteration::sql).collect(joining("; "));
    }
}
