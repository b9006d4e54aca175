package dev.tidemark.consumer.apply;

import dev.tidemark.consumer.apply.Step.RowChange;
import dev.tidemark.consumer.apply.Trace.Failed;
import dev.tidemark.model.RowKey;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Applies changes of rows and finds those that the destination refuses:
 *
 * <ol>
 *   <li>all are written at once;
 *   <li>if that fails, the rows that break a CHECK, a NOT NULL or a length are found by a query, and tried alone;
 *   <li>if a part still fails and the {@linkplain Trace} tells at which row, it is written without that row, which is tried alone;
 *   <li>if it does not tell, as for foreign keys, the part is halved;
 *   <li>where many rows are refused, parts are as large as these rows are apart.
 * </ol>
 *
 * What refuses a row is always the destination, when the row is tried alone.
 *
 * <p>A row that violates a unique constraint may only be early: see {@link Parking}. A row that lacks the one that it refers to may be early, too, since that
 * one comes by another topic: it is waited for once.
 */
final class RunWriter {

    /** A part that is this many times as large as what was written until it failed has many refused rows. */
    private static final int MANY = 8;

    private static final String FOREIGN_KEY_VIOLATION = "23503";
    /** SQLSTATEs of violated unique and exclusion constraints. */
    private static final Set<String> IN_THE_WAY = Set.of("23505", "23P01");

    private final StepWriter steps;
    private final TableCatalog catalog;
    /** Whether something was refused in the last run. */
    private boolean wary;

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
        return changes.isEmpty() ? null : new Run(connection, changes, awaited, verdicts).write();
    }

    private final class Run {
        private final Connection connection;
        /** The last change of the run, refused or not. */
        private final RowChange last;

        private final List<RowChange> all;
        private final long awaited;
        private final Verdicts verdicts;
        private final Parking parking;
        private final Attempts attempts;
        private final Trace trace;
        /** What is to be written in parts, and what alone. */
        private List<RowChange> changes;

        private List<RowChange> alone = List.of();
        private int from;
        /** How many to try next. */
        private int size;
        /** Something before this place is refused, if it lies behind {@link #from}. */
        private int suspect;

        private boolean searched;
        private int refused;

        Run(Connection connection, List<RowChange> given, long awaited, Verdicts verdicts) {
            this.connection = connection;
            this.last = given.get(given.size() - 1);
            this.all = verdicts.accepted(given);
            this.changes = all;
            this.awaited = awaited;
            this.verdicts = verdicts;
            this.parking = new Parking(connection, steps);
            this.attempts = new Attempts(connection);
            this.trace = new Trace(connection);
            this.size = Math.max(1, all.size());
        }

        @Nullable
        Stop write() throws SQLException {
            if (wary) {
                search();
            }
            Stop stop = null;
            while (stop == null && from < changes.size()) {
                stop = next();
            }
            for (int i = 0; i < alone.size() && stop == null; i++) {
                stop = writeAlone(alone.get(i));
            }
            wary = refused > 0;
            List<Parking.Parked> parked = stop == null ? parking.solve() : List.of();
            for (int i = 0; i < parked.size() && stop == null; i++) {
                stop = refuse(parked.get(i).change(), parked.get(i).error());
            }
            return stop;
        }

        /** Sets apart what would be refused. That is but a hint: what is found is tried alone, and what is not found may fail. */
        private void search() throws SQLException {
            searched = true;
            Set<RowKey> suspects = new HashSet<>();
            Exception error = attempts.next(() -> suspects.addAll(steps.suspects(connection, all)));
            if (error == null && !suspects.isEmpty()) {
                alone = all.stream()
                        .filter(change -> suspects.contains(change.event().key()))
                        .toList();
                changes = changes.subList(from, changes.size()).stream()
                        .filter(change -> !suspects.contains(change.event().key()))
                        .toList();
                from = 0;
            }
        }

        /** Applies the next part, but for the rows that fail, which are tried alone; or finds that it is better to try otherwise. */
        private @Nullable Stop next() throws SQLException {
            int before = refused;
            int to = Math.min(from + size, changes.size());
            List<RowChange> part = changes.subList(from, to);
            List<RowChange> failing = new ArrayList<>();
            while (part.size() > 1) {
                List<RowChange> now = part;
                Exception error = attempts.next(() -> steps.write(connection, now, trace));
                if (error == null) {
                    parking.overtake(part);
                    break;
                }
                if (ErrorKind.of(error) == ErrorKind.ENVIRONMENT) {
                    return new Stop(part.get(0), error, false);
                }
                Failed failed = trace.failed(error);
                if (!searched) {
                    search();
                    return null;
                }
                if (failed == null) {
                    suspect = to;
                    size = part.size() / 2;
                    return null;
                }
                if (part.size() > MANY * Math.max(failed.place(), Trace.FEW)) {
                    size = Math.max(failed.place(), Trace.FEW);
                    return null;
                }
                part = separate(part, failed.row(), failing);
            }
            if (part.size() == 1) {
                failing.addAll(0, part);
            }
            Stop stop = null;
            for (int i = 0; i < failing.size() && stop == null; i++) {
                stop = writeAlone(failing.get(i));
            }
            from = to;
            if (suspect > from) {
                size = Math.max(1, (suspect - from) / 2);
            } else {
                size = refused == before ? size * 2 : Math.max(Trace.FEW, from / refused);
            }
            return stop;
        }

        /** @return the part without the changes of a row, which are to be tried alone */
        private static List<RowChange> separate(List<RowChange> part, RowKey row, List<RowChange> failing) {
            List<RowChange> others = new ArrayList<>(part.size());
            for (RowChange change : part) {
                (row.equals(change.event().key()) ? failing : others).add(change);
            }
            return others;
        }

        private @Nullable Stop writeAlone(RowChange change) throws SQLException {
            Exception error = attempts.next(() -> steps.write(connection, List.of(change), trace));
            if (error == null) {
                parking.overtake(List.of(change));
                return null;
            }
            if (isSqlState(error, IN_THE_WAY)) {
                refused++;
                parking.park(change, error);
                return null;
            }
            return refuse(change, error);
        }

        private @Nullable Stop refuse(RowChange change, Exception error) throws SQLException {
            if (ErrorKind.of(error) == ErrorKind.ENVIRONMENT) {
                return new Stop(change, error, false);
            }
            if (change.offset() >= awaited && mayPassLater(change, error)) {
                return new Stop(change, error, true);
            }
            SinkTable table = catalog.get(connection, change.table());
            refused++;
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
                    && last.event().transactionId() == transaction;
        }
    }

    private static boolean isSqlState(Exception error, Set<String> states) {
        return error instanceof SQLException sql && sql.getSQLState() != null && states.contains(sql.getSQLState());
    }
}
