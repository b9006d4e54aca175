package dev.tidemark.consumer.apply;

import static dev.tidemark.consumer.apply.Attempts.attempt;

import dev.tidemark.consumer.apply.RunWriter.Stop;
import dev.tidemark.consumer.apply.Step.Chunk;
import dev.tidemark.consumer.apply.Step.RowChange;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies a piece of a partition of which the destination has refused something: run by run of changes of rows, each at once if that goes, and in parts if it
 * does not. What is refused gets its verdict. What is wrong with the environment stops the piece.
 */
final class CarefulWriter {

    private static final Logger log = LoggerFactory.getLogger(CarefulWriter.class);

    private final StepWriter steps;
    private final ChunkWriter chunks;
    private final RunWriter runs;

    CarefulWriter(StepWriter steps, ChunkWriter chunks, RunWriter runs) {
        this.steps = steps;
        this.chunks = chunks;
        this.runs = runs;
    }

    /**
     * Why a step was not applied.
     *
     * @param problem null if there is none, but for what may come behind the piece
     */
    record Failure(int step, @Nullable Problem problem, Exception error) {}

    /** @return the first step that is not applied, null if all are or have their verdicts; after a failure the transaction is to be rolled back */
    @Nullable
    Failure write(Connection connection, PartitionBatch batch, Verdicts verdicts) throws SQLException {
        int from = 0;
        while (from < batch.steps().size()) {
            int to = endOfRun(batch.steps(), from);
            Failure failure = write(connection, batch, from, to, verdicts);
            if (failure != null) {
                return failure;
            }
            from = to;
        }
        return null;
    }

    private static int endOfRun(List<Step> batch, int from) {
        int to = from;
        while (to < batch.size() && batch.get(to) instanceof RowChange) {
            to++;
        }
        return Math.max(to, from + 1);
    }

    private @Nullable Failure write(Connection connection, PartitionBatch batch, int from, int to, Verdicts verdicts)
            throws SQLException {
        Step first = batch.steps().get(from);
        if (first instanceof RowChange) {
            return writeRun(connection, batch, from, to, verdicts);
        }
        Exception error =
                attempt(connection, () -> steps.write(connection, batch.steps().subList(from, to), verdicts));
        if (error != null && ErrorKind.of(error) == ErrorKind.DATA && first instanceof Chunk chunk) {
            return writeChunk(connection, batch, from, chunk, verdicts);
        }
        return error == null ? null : new Failure(from, Problem.of(error, first.offset(), first.table(), null), error);
    }

    private @Nullable Failure writeRun(Connection connection, PartitionBatch batch, int from, int to, Verdicts verdicts)
            throws SQLException {
        List<RowChange> changes = new ArrayList<>(to - from);
        batch.steps().subList(from, to).forEach(step -> changes.add((RowChange) step));
        Stop stop = runs.write(connection, changes, batch.awaited(), verdicts);
        return stop == null ? null : failure(batch.steps().indexOf(stop.change()), stop);
    }

    /** A chunk is applied as a whole, but for the rows that are refused: their older states stay. */
    private @Nullable Failure writeChunk(
            Connection connection, PartitionBatch batch, int place, Chunk chunk, Verdicts verdicts)
            throws SQLException {
        Exception error = attempt(connection, () -> chunks.clear(connection, chunk));
        if (error != null && ErrorKind.of(error) == ErrorKind.DATA) {
            error = attempt(connection, () -> chunks.clearFitting(connection, chunk));
        }
        String sqlState = error == null ? null : Problem.of(error).sqlState();
        if (sqlState != null && sqlState.startsWith("22")) {
            log.warn(
                    "A bound of a chunk of {} does not fit the key's type at the destination: rows that are no longer at the source may stay there",
                    chunk.table());
            error = null;
        }
        if (error != null) {
            return new Failure(place, Problem.of(error, chunk.offset(), chunk.table(), null), error);
        }
        Stop stop = runs.write(connection, chunk.rows(), batch.awaited(), verdicts);
        return stop == null ? null : failure(place, stop);
    }

    private static Failure failure(int place, Stop stop) {
        RowChange change = stop.change();
        Problem problem = stop.early()
                ? null
                : Problem.of(
                        stop.error(),
                        change.offset(),
                        change.table(),
                        change.event().key());
        return new Failure(place, problem, stop.error());
    }
}
