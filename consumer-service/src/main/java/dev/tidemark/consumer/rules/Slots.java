package dev.tidemark.consumer.rules;

import dev.tidemark.model.Columns;
import dev.tidemark.model.EventReader;
import dev.tidemark.model.Row;
import dev.tidemark.model.RowKey;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where the values of a table's variables go, and where they come from in a row. Safe for use by several threads. */
final class Slots {

    private static final ThreadLocal<EventReader> KEYS = ThreadLocal.withInitial(EventReader::new);

    private final Map<String, Slot> slots = new HashMap<>();
    private volatile Shape rowShape = new Shape(new Columns(java.util.List.of()), new int[0]);
    private volatile Shape keyShape = rowShape;

    Slots(Set<Variable> variables, Map<String, ColumnType> types) {
        for (Variable variable : variables) {
            ColumnType type = types.get(variable.column());
            if (type == null) {
                throw new IllegalArgumentException("No column " + variable);
            }
            slots.put(variable.toString(), new Slot(slots.size(), variable, type));
        }
    }

    int size() {
        return slots.size();
    }

    @Nullable
    Slot get(String name) {
        return slots.get(name);
    }

    Row read(RowKey key) {
        return KEYS.get().columns(key);
    }

    /** Where in the row the value of the slot is, or -1. Rows of one shape nearly always come one after the other, so that this is looked up once. */
    int columns(Row row, Slot slot) {
        boolean isKey = slot.variable().scope() == Variable.Scope.KEY;
        Shape shape = isKey ? keyShape : rowShape;
        if (shape.columns() != row.columns()) {
            shape = new Shape(row.columns(), new int[slots.size()]);
            for (Slot each : slots.values()) {
                shape.places()[each.index()] =
                        row.columns().names().indexOf(each.variable().column());
            }
            if (isKey) {
                keyShape = shape;
            } else {
                rowShape = shape;
            }
        }
        return shape.places()[slot.index()];
    }

    /** A variable and where its value is kept. */
    record Slot(int index, Variable variable, ColumnType type) {}

    private record Shape(Columns columns, int[] places) {}
}
