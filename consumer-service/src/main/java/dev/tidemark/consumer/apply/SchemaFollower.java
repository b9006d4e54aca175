package dev.tidemark.consumer.apply;

import static java.util.stream.Collectors.joining;

import dev.tidemark.consumer.apply.SchemaDifference.Alteration;
import dev.tidemark.consumer.apply.SinkProperties.SchemaPolicy;
import dev.tidemark.model.Marker.ChunkStart;
import dev.tidemark.model.Marker.ColumnType;
import dev.tidemark.model.TableId;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
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

    SchemaFollower(TableCatalog catalog) {
        this.catalog = catalog;
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

    /** A snapshot tells all columns, whatever schema changes were skipped before it. */
    void follow(Connection connection, ChunkStart start) throws SQLException {
        catalog.get(connection, start.tableId());
        follow(connection, start.tableId(), null, start.columns(), Share.ALL);
    }

    private void follow(
            Connection connection, TableId id, @Nullable List<ColumnType> before, List<ColumnType> now, Share share)
            throws SQLException {
        now.forEach(column -> catalog.target(id).requireNoMark(column.name()));
        SchemaDifference difference = difference(connection, id, before, now, share);
        difference.leftOut().forEach(column -> catalog.ignored(id, column));
        if (difference.alterations().isEmpty()) {
            return;
        }
        TableCreator.lock(connection);
        List<Alteration> alterations =
                difference(connection, id, before, now, share).alterations();
        boolean applying = catalog.target(id).schemaChanges() == SchemaPolicy.APPLY;
        List<Alteration> awaited = alterations.stream()
                .filter(alteration -> !applying || !alteration.safe())
                .toList();
        if (!awaited.isEmpty()) {
            throw new EnvironmentException("The table " + catalog.target(id).table() + " does not follow " + id
                    + " at the source. " + awaiting(awaited));
        }
        for (Alteration alteration : alterations) {
            alter(connection, id, alteration);
        }
        catalog.forget(id);
    }

    private SchemaDifference difference(
            Connection connection, TableId id, @Nullable List<ColumnType> before, List<ColumnType> now, Share share)
            throws SQLException {
        Target target = catalog.target(id);
        return new SchemaDifference(
                target, before, now, share.isAll(), DestinationColumn.of(connection, target.table()));
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
            String message = "The table %s could not be made to follow %s at the source, which is tried again (%s). %s"
                    .formatted(catalog.target(id).table(), id, e.getMessage(), awaiting(List.of(alteration)));
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

    private static String awaiting(List<Alteration> alterations) {
        return "It goes on by itself as soon as somebody has run this at the destination: "
                + alterations.stream().map(Alteration::sql).collect(joining("; "));
    }
}
