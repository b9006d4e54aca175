package dev.tidemark.consumer.rules;

import dev.cel.common.values.NullValue;
import dev.cel.runtime.CelVariableResolver;
import dev.tidemark.consumer.rules.Variable.Scope;
import dev.tidemark.model.ChangeEvent;
import dev.tidemark.model.Operation;
import dev.tidemark.model.Row;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The variables of one event. A value is converted when a rule first asks for it. */
final class EventValues implements CelVariableResolver {

    /** The variable that is no column. */
    static final String OP = "op";

    private final Slots slots;
    private final ChangeEvent event;
    private final @Nullable Object[] values;
    private @Nullable Row key;

    EventValues(Slots slots, ChangeEvent event) {
        this.slots = slots;
        this.event = event;
        this.values = new @Nullable Object[slots.size()];
    }

    boolean has(Set<Scope> scopes) {
        for (Scope scope : scopes) {
            boolean there = switch (scope) {
                case KEY -> event.key() != null;
                case BEFORE -> event.row() != null && event.operation() == Operation.DELETE;
                case AFTER -> event.row() != null && event.operation() != Operation.DELETE;
            };
            if (!there) {
                return false;
            }
        }
        return true;
    }

    static boolean isVariable(String name) {
        return name.equals(OP) || name.indexOf('.') > 0;
    }

    /** For CEL's interpreter. */
    @Override
    public Optional<Object> find(String name) {
        return isVariable(name) ? Optional.of(get(name)) : Optional.empty();
    }

    Object get(String name) {
        Slots.Slot slot = slots.get(name);
        if (slot == null) {
            return String.valueOf(event.operation().code());
        }
        Object value = values[slot.index()];
        if (value == null) {
            String text = text(slot);
            value = text == null ? NullValue.NULL_VALUE : slot.type().value(text);
            values[slot.index()] = value;
        }
        return value;
    }

    boolean isNull(Variable variable) {
        Slots.Slot slot = slots.get(variable.toString());
        return slot != null && values[slot.index()] == NullValue.NULL_VALUE;
    }

    private @Nullable String text(Slots.Slot slot) {
        Row row = slot.variable().scope() == Scope.KEY ? key() : event.row();
        if (row == null) {
            throw new IllegalArgumentException("the event has no " + slot.variable());
        }
        int index = slots.columns(row, slot);
        if (index < 0) {
            throw new IllegalArgumentException("the event has no " + slot.variable() + " but "
                    + row.columns().names());
        }
        return row.value(index);
    }

    private @Nullable Row key() {
        if (key == null && event.key() != null) {
            key = slots.read(event.key());
        }
        return key;
    }
}
