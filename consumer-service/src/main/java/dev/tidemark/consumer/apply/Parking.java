package dev.tidemark.consumer.apply;

import static dev.tidemark.consumer.apply.Attempts.attempt;

import dev.tidemark.consumer.apply.Step.RowChange;
import dev.tidemark.model.ChangeEvent;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Changes that violate a unique constraint, and may do so only because a later change makes room: one statement of the source may have swapped values. They wait
 * until all others are applied, and are then written with all of their rows removed before.
 */
final class Parking {

    private final Connection connection;
    private final StepWriter steps;
    /** By key: only the last change of a row matters. */
    private final Map<String, Parked> waiting = new LinkedHashMap<>();

    Parking(Connection connection, StepWriter steps) {
        this.connection = connection;
        this.steps = steps;
    }

    /** @param error why it was refused */
    record Parked(RowChange change, Exception error) {}

    void park(RowChange change, Exception error) {
        waiting.remove(change.key());
        waiting.put(change.key(), new Parked(change, error));
    }

    /** Later changes of the same rows were applied, so that the ones waiting are of the past. */
    void overtake(List<RowChange> applied) {
        if (!waiting.isEmpty()) {
            applied.forEach(change -> waiting.remove(change.key()));
        }
    }

    /** @return those that do not pass, all others being applied; or one that failed for another reason than its row */
    List<Parked> solve() throws SQLException {
        List<Parked> refused = new ArrayList<>();
        while (!waiting.isEmpty()) {
            Exception error = attempt(connection, () -> steps.replace(connection, events()));
            if (error == null) {
                break;
            }
            if (error instanceof EnvironmentException) {
                // Rows of this table cannot be removed for a moment: then the first error counts.
                refused.addAll(waiting.values());
                break;
            }
            if (ErrorKind.of(error) == ErrorKind.ENVIRONMENT) {
                return List.of(new Parked(waiting.values().iterator().next().change(), error));
            }
            List<Parked> blocked = blocked();
            blocked.forEach(parked -> waiting.remove(parked.change().key()));
            refused.addAll(blocked);
        }
        return refused;
    }

    /** Those that fail even with all rows removed that wait: what is in their way is not going to move. */
    private List<Parked> blocked() throws SQLException {
        List<Parked> blocked = new ArrayList<>();
        Savepoint before = connection.setSavepoint();
        steps.remove(connection, events());
        for (Parked parked : waiting.values()) {
            List<ChangeEvent> alone = List.of(parked.change().event());
            @Nullable Exception error = attempt(connection, () -> steps.replace(connection, alone));
            if (error != null) {
                blocked.add(new Parked(parked.change(), error));
            }
        }
        connection.rollback(before);
        return blocked.isEmpty() ? List.copyOf(waiting.values()) : blocked;
    }

    private List<ChangeEvent> events() {
        return waiting.values().stream().map(parked -> parked.change().event()).toList();
    }
}
