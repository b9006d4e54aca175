package dev.tidemark.consumer.apply;

import dev.tidemark.consumer.apply.CarefulWriter.Failure;
import dev.tidemark.consumer.database.Transaction;
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
    private final TableCatalog catalog;
    private final ChunkWriter chunks;
    private final StepWriter steps;
    private final CarefulWriter careful;
    private final Screening screening;
    private final Letters letters;
    private final RefusalGuard guard;

    public Sink(
            DataSource dataSource,
            Targets targets,
            boolean createTables,
            DeadLetterProperties deadLetters,
            Rules rules) {
        EventReader reader = new EventReader();
        this.catalog = new TableCatalog(targets);
        this.dataSource = dataSource;
        SchemaFollower schema = new SchemaFollower(catalog);
        this.chunks = new ChunkWriter(catalog, schema, createTables, reader);
        this.steps = new StepWriter(catalog, chunks, schema, reader);
        this.careful = new CarefulWriter(steps, chunks, new RunWriter(steps, catalog));
        this.screening = new Screening(catalog, chunks, schema, rules);
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
        Failure failure = screening.screen(connection, batch.steps(), verdicts);
        if (failure != null) {
            throw new SQLException(failure.error());
        }
        steps.write(connection, batch.steps(), verdicts);
        if (guard.excess(batch, verdicts) >= 0) {
            throw new EnvironmentException("Too many rows are refused");
        }
        letters.write(connection, batch, verdicts);
        return Outcome.complete(batch, verdicts);
    }

    /** What stands before a step that cannot be applied is tried without it, and what stands before that one, … */
    private Outcome applyAlone(PartitionBatch whole) {
        PartitionBatch batch = whole;
        Failure failure = null;
        do {
            Verdicts verdicts = new Verdicts(batch);
            try {
                Failure next = tryAlone(batch, verdicts);
                if (next == null) {
                    Outcome outcome = Outcome.of(whole, batch, verdicts, failure);
                    guard.count(outcome);
                    return outcome;
                }
                failure = next;
                batch = batch.first(next.step());
            } catch (SQLException | RuntimeException e) {
                return Outcome.failed(whole, e);
            } finally {
                forget();
            }
        } while (!batch.steps().isEmpty());
        return Outcome.of(whole, batch, new Verdicts(batch), failure);
    }

    /** @return null if the piece is committed */
    private @Nullable Failure tryAlone(PartitionBatch batch, Verdicts verdicts) throws SQLException {
        try (Transaction transaction = new Transaction(dataSource)) {
            Connection connection = transaction.connection();
            OffsetStore.advance(connection, List.of(batch));
            prepare(connection);
            Failure failure = screening.screen(connection, batch.steps(), verdicts);
            if (failure == null) {
                failure = careful.write(connection, batch, verdicts);
            }
            if (failure == null) {
                failure = guard.failure(batch, verdicts);
            }
            if (failure == null) {
                letters.write(connection, batch, verdicts);
                transaction.commit();
            }
            return failure;
        }
    }

    /**
     * Constraints that are checked at commit would fail where it is too late to tell the row. And of many small statements the planning would cost more than the
     * rows.
     */
    static void prepare(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL plan_cache_mode = 'force_generic_plan'");
        }
    }

    /** Forgets what others may have changed at the destination. */
    public void forget() {
        catalog.forget();
        letters.forget();
    }

    /** Makes the table of a chunk, if it is missing and this is wished for, or has it follow the source's. */
    public void prepareTable(ChunkStart start) throws SQLException {
        try (Transaction transaction = new Transaction(dataSource)) {
            chunks.prepareTable(transaction.connection(), start);
            transaction.commit();
        }
    }

    public boolean hasTable(TableId table) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            return catalog.exists(connection, table);
        }
    }
}
