package dev.tidemark.consumer.apply;

import static dev.tidemark.consumer.apply.Attempts.attempt;

import dev.tidemark.consumer.apply.Step.RowChange;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Applies changes of rows and finds those that the destination refuses: what fails at once is halved until the row is found that is refused alone; what
 * follows is tried in parts as large as the refused rows were apart. So one bad row of many costs some two dozen statements, and many cost a few each.
 *
 * <p>A row that violates a unique constraint may only be early: see {@link Parking}. A row that lacks the one that it refers to may be early, too, since that
 * one comes by another topic: it is waited for once.
 */
final class RunWriter {

    private static final String FOREIGN_KEY_VIOLATION = "23503";
    /** SQLSTATEs of violated unique and exclusion constraints. */
    private static final Set<String> IN_THE_WAY = Set.of("23505", "23P01");

    private final StepWriter steps;
    private final TableCatalog catalog;

    RunWriter(StepWriter steps, TableCatalog catalog) {
        this.steps = steps;
        this.catalog = catalog;
    }

    /**
     * Where a run cannot go on.
     *
     * @param early whether the change may pass as soon as more has come
     */
    record Stop(RowChange change, Exception error, boolean early) {}

    /**
     * @param awaited the offset up to which what may come has been waited for
     * @return where it cannot go on, null if all changes are applied or have their verdicts
     */
    @Nullable
    Stop write(Connection connection, List<RowChange> changes, long awaited, Verdicts verdicts) throws SQLException {
        return new Run(connection, verdicts.accepted(changes), awaited, verdicts).write();
    }

    private final class Run {
        private final Connection connection;
        private final List<RowChange> changes;
        private final long awaited;
        private final Verdicts verdicts;
        private final Parking parking;
        private int from;
        /** How many to try next. */
        private int size;
        /** Something before this place is refused, if it lies behind {@link #from}. */
        private int suspect;

        private int refused;

        Run(Connection connection, List<RowChange> changes, long awaited, Verdicts verdicts) {
            this.connection = connection;
            this.changes = changes;
            this.awaited = awaited;
            this.verdicts = verdicts;
            this.parking = new Parking(connection, steps);
            this.size = changes.size();
        }

        @Nullable
        Stop write() throws SQLException {
            while (from < changes.size()) {
                Stop stop = next();
                if (stop != null) {
                    return stop;
                }
            }
            for (Parking.Parked parked : parking.solve()) {
                Stop stop = refuse(parked.change(), parked.error());
                if (stop != null) {
                    return stop;
                }
            }
            return null;
        }

        private @Nullable Stop next() throws SQLException {
            int to = Math.min(from + size, changes.size());
            List<RowChange> part = changes.subList(from, to);
            Exception error = attempt(connection, () -> steps.write(connection, part, verdicts));
            if (error == null) {
                parking.overtake(part);
                from = to;
                size = suspect > from ? Math.max(1, (suspect - from) / 2) : size * 2;
                return null;
            }
            if (ErrorKind.of(error) == ErrorKind.ENVIRONMENT) {
                return new Stop(part.get(0), error, false);
            }
            if (part.size() > 1) {
                suspect = to;
                size = part.size() / 2;
                return null;
            }
            from++;
            suspect = 0;
            refused++;
            size = Math.max(1, from / refused);
            if (isSqlState(error, IN_THE_WAY)) {
                parking.park(part.get(0), error);
                return null;
            }
            return refuse(part.get(0), error);
        }

        private @Nullable Stop refuse(RowChange change, Exception error) throws SQLException {
            if (ErrorKind.of(error) == ErrorKind.ENVIRONMENT) {
                return new Stop(change, error, false);
            }
            if (change.offset() >= awaited && mayPassLater(change, error)) {
                return new Stop(change, error, true);
            }
            SinkTable table = catalog.get(connection, change.table());
            verdicts.refuse(change, RefusalText.of(error, table, change.event()));
            return null;
        }

        /** The rest of the transaction, which may make room, may come with the next records. */
        private boolean mayPassLater(RowChange change, Exception error) {
            if (isSqlState(error, Set.of(FOREIGN_KEY_VIOLATION))) {
                return true;
            }
            long transaction = change.event().transactionId();
            return isSqlState(error, IN_THE_WAY)
                    && !change.isRead()
                    && changes.get(changes.size() - 1).event().transactionId() == transaction;
        }
    }

    private static boolean isSqlState(Exception error, Set<String> states) {
        return error instanceof SQLException sql && sql.getSQLState() != null && states.contains(sql.getSQLState());
    }
}
