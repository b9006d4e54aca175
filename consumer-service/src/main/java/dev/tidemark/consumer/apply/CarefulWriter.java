package dev.tidemark.consumer.apply;

import dev.tidemark.consumer.apply.Step.Chunk;
import dev.tidemark.consumer.apply.Step.RowChange;
import dev.tidemark.model.ChangeEvent;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Applies as much of a partition as the destination takes, and says at which record it stops and why. A run of changes of rows is tried
 *
 * <ol>
 *   <li>at once, reduced to the last change of each row;
 *   <li>if the destination refuses a row: one change after the other, as at the source, so that a row may pass through values on its way;
 *   <li>from a change on that violates a unique constraint: the rest at once, with all rows removed before any is written, because one statement of the source
 *       may have swapped values.
 * </ol>
 *
 * What is wrong with the environment is not tried again: no other way would be better.
 */
final class CarefulWriter {

    /** SQLSTATEs of violated unique and exclusion constraints. */
    private static final Set<String> IN_THE_WAY = Set.of("23505", "23P01");

    private final StepWriter steps;
    private final ChunkWriter chunks;

    CarefulWriter(StepWriter steps, ChunkWriter chunks) {
        this.steps = steps;
        this.chunks = chunks;
    }

    /** Why a step was not applied. */
    record Failure(int step, Problem problem, Exception error) {}

    /** @return the first step that is not applied, null if all are */
    @Nullable
    Failure write(Connection connection, List<Step> batch) throws SQLException {
        int from = 0;
        while (from < batch.size()) {
            int to = endOfRun(batch, from);
            Failure failure = writeRun(connection, batch, from, to);
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

    private @Nullable Failure writeRun(Connection connection, List<Step> batch, int from, int to) throws SQLException {
        Exception error = attempt(connection, () -> steps.write(connection, batch.subList(from, to)));
        if (error == null) {
            return null;
        }
        if (ErrorKind.of(error) == ErrorKind.ENVIRONMENT) {
            return failure(from, batch.get(from), error);
        }
        if (batch.get(from) instanceof Chunk chunk) {
            return writeChunk(connection, from, chunk);
        }
        return writeOneByOne(connection, batch, from, to);
    }

    private @Nullable Failure writeOneByOne(Connection connection, List<Step> batch, int from, int to)
            throws SQLException {
        for (int i = from; i < to; i++) {
            List<Step> one = batch.subList(i, i + 1);
            Exception error = attempt(connection, () -> steps.write(connection, one));
            if (error != null) {
                List<ChangeEvent> rest = batch.subList(i, to).stream()
                        .map(step -> step.events().get(0))
                        .toList();
                boolean swapped =
                        isInTheWay(error) && attempt(connection, () -> steps.replace(connection, rest)) == null;
                return swapped ? null : failure(i, one.get(0), error);
            }
        }
        return null;
    }

    /** A chunk is applied as a whole or not at all; going through it row by row shows which row is refused. */
    private @Nullable Failure writeChunk(Connection connection, int place, Chunk chunk) throws SQLException {
        Savepoint before = connection.setSavepoint();
        Exception error = attempt(connection, () -> chunks.clear(connection, chunk));
        if (error != null) {
            return failure(place, chunk, error);
        }
        for (ChangeEvent row : chunk.events()) {
            error = attempt(connection, () -> steps.write(connection, List.of(new RowChange(chunk.offset(), row))));
            if (error != null) {
                connection.rollback(before);
                return new Failure(place, Problem.of(error, chunk.offset(), chunk.table(), row.key()), error);
            }
        }
        connection.releaseSavepoint(before);
        return null;
    }

    private static Failure failure(int place, Step step, Exception error) {
        var key = step instanceof RowChange change ? change.event().key() : null;
        return new Failure(place, Problem.of(error, step.offset(), step.table(), key), error);
    }

    private static boolean isInTheWay(Exception error) {
        return error instanceof SQLException sql && sql.getSQLState() != null && IN_THE_WAY.contains(sql.getSQLState());
    }

    /** Some writing. */
    private interface Attempt {
        void run() throws SQLException;
    }

    /** @return why nothing was written, null if it was; a lost connection is thrown */
    private static @Nullable Exception attempt(Connection connection, Attempt attempt) throws SQLException {
        Savepoint before = connection.setSavepoint();
        try {
            attempt.run();
            connection.releaseSavepoint(before);
            return null;
        } catch (SQLException | RuntimeException e) {
            if (ErrorKind.isDisconnection(e)) {
                throw e;
            }
            connection.rollback(before);
            return e;
        }
    }
}
