package dev.tidemark.consumer.apply;

import dev.tidemark.consumer.apply.CarefulWriter.Failure;
import dev.tidemark.consumer.deadletter.DeadLetterProperties;
import dev.tidemark.consumer.rules.Rules;
import dev.tidemark.model.EventReader;
import dev.tidemark.model.Marker.ChunkStart;
import dev.tidemark.model.TableId;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies pieces of partitions to the destination, exactly once:
 *
 * <ol>
 *   <li>all pieces in one transaction: first the positions move, which fails if somebody else has moved them; then the rows are written, and what is refused
 *       beforehand is kept as dead letters;
 *   <li>if that fails, each piece in a transaction of its own, {@linkplain CarefulWriter carefully}: what the destination refuses becomes a dead letter; at
 *       anything else that fails the piece ends, and what stands before it is committed.
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
    private final Screening screening;
    private final Letters letters;
    private final RefusalGuard guard;

    public Sink(DataSource dataSource, SinkProperties properties, DeadLetterProperties deadLetters, Rules rules) {
        EventReader reader = new EventReader();
        this.dataSource = dataSource;
        this.chunks = new ChunkWriter(catalog, properties, reader);
        this.steps = new StepWriter(catalog, chunks, reader);
        this.careful = new CarefulWriter(steps, chunks, new RunWriter(steps, catalog));
        this.screening = new Screening(catalog, chunks, rules);
        this.letters = new Letters(catalog, reader);
        this.guard = new RefusalGuard(deadLetters.window(), deadLetters.maxShare());
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
            List<Outcome> outcomes = new ArrayList<>();
            for (PartitionBatch batch : batches) {
                outcomes.add(applyAtOnce(transaction.connection(), batch));
            }
            transaction.commit();
            outcomes.forEach(guard::count);
            return outcomes;
        } catch (FencedException e) {
            throw e;
        } catch (SQLException | RuntimeException e) {
            forget();
            log.debug("Applying {} partitions at once failed", batches.size(), e);
            if (ErrorKind.isDisconnection(e)) {
                return batches.stream().map(batch -> Outcome.failed(batch, e)).toList();
            }
            return batches.stream().map(this::applyAlone).toList();
        }
    }

    private Outcome applyAtOnce(Connection connection, PartitionBatch batch) throws SQLException {
        Verdicts verdicts = new Verdicts(batch);
        screening.screen(connection, batch.steps(), verdicts);
        steps.write(connection, batch.steps(), verdicts);
        if (guard.excess(batch, verdicts) >= 0) {
            throw new EnvironmentException("Too many rows are refused");
        }
        letters.write(connection, batch, verdicts);
        return Outcome.complete(batch, verdicts);
    }

    private Outcome applyAlone(PartitionBatch batch) {
        try (Transaction transaction = new Transaction(dataSource)) {
            Connection connection = transaction.connection();
            OffsetStore.advance(connection, List.of(batch));
            prepare(connection);
            Verdicts verdicts = new Verdicts(batch);
            screening.screen(connection, batch.steps(), verdicts);
            Failure failure = careful.write(connection, batch, verdicts);
            if (failure != null) {
                return before(
                        transaction,
                        batch,
                        failure.step(),
                        failure.problem(),
                        failure.error() instanceof MissingTableException);
            }
            int excess = guard.excess(batch, verdicts);
            if (excess >= 0) {
                return before(
                        transaction, batch, excess, guard.problem(batch.steps().get(excess), verdicts), false);
            }
            letters.write(connection, batch, verdicts);
            transaction.commit();
            Outcome outcome = Outcome.complete(batch, verdicts);
            guard.count(outcome);
            return outcome;
        } catch (SQLException | RuntimeException e) {
            return Outcome.failed(batch, e);
        } finally {
            forget();
        }
    }

    /** Applies what stands before a step that cannot be. */
    private Outcome before(
            Transaction transaction, PartitionBatch batch, int step, @Nullable Problem problem, boolean missingTable)
            throws SQLException {
        transaction.connection().rollback();
        PartitionBatch first = batch.first(step);
        Outcome outcome = step == 0 ? Outcome.complete(first, new Verdicts(first)) : applyAlone(first);
        return outcome.of(batch, problem, missingTable);
    }

    /**
     * Constraints that are checked at commit would fail where it is too late to tell the row. And of many small statements the planning would cost more than the
     * rows.
     */
    private static void prepare(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL plan_cache_mode = 'force_generic_plan'");
        }
    }

    /** Forgets what others may have changed at the destination. */
    public void forget() {
        catalog.forget();
        letters.forget();
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
