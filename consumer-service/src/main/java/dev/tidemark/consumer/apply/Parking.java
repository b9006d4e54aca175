package dev.tidemark.consumer.apply;

import static dev.tidemark.consumer.apply.Attempts.attempt;

import dev.tidemark.consumer.apply.Step.RowChange;
import dev.tidemark.model.ChangeEvent;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Changes that violate a unique constraint, and may do so only because a later change makes room: one statement of the source may have swapped values. They wait
 * until all others are applied, and are then written with all of their rows removed before.
 */
final class Parking {

    /** After so many rounds, each of which has found some that are blocked, the rest is taken for blocked, too. */
    private static final int ROUNDS = 8;

    private final Connection connection;
    private final StepWriter steps;
    /** By key. Of the changes of a row the last one counts; if that is refused, the one before. */
    private final Map<String, Deque<Parked>> waiting = new LinkedHashMap<>();

    Parking(Connection connection, StepWriter steps) {
        this.connection = connection;
        this.steps = steps;
    }

    /** @param error why it was refused */
    record Parked(RowChange change, Exception error) {}

    void park(RowChange change, Exception error) {
        waiting.computeIfAbsent(change.key(), key -> new ArrayDeque<>()).add(new Parked(change, error));
    }

    /** Later changes of the same rows were applied, so that the ones waiting are of the past. */
    void overtake(List<RowChange> applied) {
        if (!waiting.isEmpty()) {
            applied.forEach(change -> waiting.remove(change.key()));
        }
    }

    /** @return those that do not pass, by offset, all others being applied; or one that failed for another reason than its row */
    List<Parked> solve() throws SQLException {
        List<Parked> refused = new ArrayList<>();
        for (int round = 0; !waiting.isEmpty(); round++) {
            Exception error = attempt(connection, () -> steps.replace(connection, events()));
            if (error == null) {
                break;
            }
            if (isOfEnvironment(error)) {
                return List.of(new Parked(last().get(0).change(), error));
            }
            List<Parked> blocked = round < ROUNDS ? blocked() : last();
            for (Parked parked : blocked) {
                if (isOfEnvironment(parked.error())) {
                    return List.of(parked);
                }
                remove(parked);
            }
            refused.addAll(blocked);
        }
        refused.sort(Comparator.comparingLong(parked -> parked.change().offset()));
        return refused;
    }

    /** That rows of a table cannot be removed for a moment is no reason to stop: then the first errors count. */
    private static boolean isOfEnvironment(Exception error) {
        return !(error instanceof EnvironmentException) && ErrorKind.of(error) == ErrorKind.ENVIRONMENT;
    }

    /** Those that fail even with all rows removed that wait: what is in their way is not going to move. */
    private List<Parked> blocked() throws SQLException {
        List<Parked> blocked = new ArrayList<>();
        Savepoint before = connection.setSavepoint();
        Exception removing = attempt(connection, () -> steps.remove(connection, events()));
        if (removing == null) {
            for (Parked parked : last()) {
                List<ChangeEvent> alone = List.of(parked.change().event());
                Exception error = attempt(connection, () -> steps.replace(connection, alone));
                if (error != null) {
                    blocked.add(new Parked(parked.change(), error));
                }
            }
        }
        connection.rollback(before);
        connection.releaseSavepoint(before);
        if (removing != null && isOfEnvironment(removing)) {
            return List.of(new Parked(last().get(0).change(), removing));
        }
        return blocked.isEmpty() ? last() : blocked;
    }

    private void remove(Parked parked) {
        String key = parked.change().key();
        waiting.computeIfPresent(key, (same, changes) -> {
            changes.removeLast();
            return changes.isEmpty() ? null : changes;
        });
    }

    private List<Parked> last() {
        return waiting.values().stream().map(Deque::getLast).toList();
    }

    private List<ChangeEvent> events() {
        return last().stream().map(parked -> parked.change().event()).toList();
    }
}
