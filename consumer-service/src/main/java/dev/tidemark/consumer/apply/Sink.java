package dev.tidemark.consumer.apply;

import dev.tidemark.consumer.apply.CarefulWriter.Failure;
import dev.tidemark.model.EventReader;
import dev.tidemark.model.Marker.ChunkStart;
import dev.tidemark.model.TableId;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies pieces of partitions to the destination, exactly once:
 *
 * <ol>
 *   <li>all pieces in one transaction: first the positions move, which fails if somebody else has moved them; then the rows are written;
 *   <li>if that fails, each piece in a transaction of its own, which ends at the first record that the destination does not take: what stands before it is
 *       committed, with the position right at it.
 * </ol>
 *
 * Not safe for use by several threads, but for {@link #hasTable}.
 */
public final class Sink {

    private static final Logger log = LoggerFactory.getLogger(Sink.class);

    private final DataSource dataSource;
    private final TableCatalog catalog = new TableCatalog();
    private final ChunkWriter chunks;
    private final StepWriter steps;
    private final CarefulWriter careful;

    public Sink(DataSource dataSource, SinkProperties properties) {
        EventReader reader = new EventReader();
        this.dataSource = dataSource;
        this.chunks = new ChunkWriter(catalog, properties, reader);
        this.steps = new StepWriter(catalog, chunks, reader);
        this.careful = new CarefulWriter(steps, chunks);
    }

    /**
     * Applies pieces of different partitions.
     *
     * @return what became of each
     * @throws FencedException if a partition does not stand where its piece starts; nothing is applied then
     */
    public List<Outcome> apply(List<PartitionBatch> batches) {
        try (Transaction transaction = new Transaction(dataSource)) {
            OffsetStore.advance(transaction.connection(), batches);
            for (PartitionBatch batch : batches) {
                steps.write(transaction.connection(), batch.steps());
            }
            transaction.commit();
            return batches.stream().map(Outcome::complete).toList();
        } catch (FencedException e) {
            throw e;
        } catch (SQLException | RuntimeException e) {
            catalog.forget();
            log.debug("Applying {} partitions at once failed", batches.size(), e);
            if (ErrorKind.isDisconnection(e)) {
                return batches.stream().map(batch -> failed(batch, e)).toList();
            }
            return batches.stream().map(this::applyAlone).toList();
        }
    }

    private Outcome applyAlone(PartitionBatch batch) {
        try (Transaction transaction = new Transaction(dataSource)) {
            Connection connection = transaction.connection();
            OffsetStore.advance(connection, List.of(batch));
            checkAtOnce(connection);
            Failure failure = careful.write(connection, batch.steps());
            Outcome outcome = failure == null
                    ? Outcome.complete(batch)
                    : Outcome.failed(batch, failure.step(), failure.problem(), failure.error());
            if (outcome.applied() > 0 || failure == null) {
                OffsetStore.moveBack(connection, batch, outcome.reached());
                transaction.commit();
            }
            return outcome;
        } catch (SQLException | RuntimeException e) {
            return failed(batch, e);
        } finally {
            catalog.forget();
        }
    }

    /** Constraints that are checked at commit would fail where it is too late to tell the row. */
    private static void checkAtOnce(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET CONSTRAINTS ALL IMMEDIATE");
        }
    }

    private static Outcome failed(PartitionBatch batch, Exception error) {
        return Outcome.failed(batch, 0, Problem.of(error), error);
    }

    /** Makes the table of a chunk, if it is missing and this is wished for. */
    public void createTable(ChunkStart start) throws SQLException {
        try (Transaction transaction = new Transaction(dataSource)) {
            chunks.createIfWished(transaction.connection(), start);
            transaction.commit();
        }
    }

    public boolean hasTable(TableId table) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            return TableCatalog.exists(connection, table);
        }
    }
}
