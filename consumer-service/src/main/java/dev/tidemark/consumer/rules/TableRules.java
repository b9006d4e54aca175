package dev.tidemark.consumer.rules;

import dev.tidemark.model.ChangeEvent;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules of a table, compiled for its columns. Safe for use by several threads. */
public final class TableRules {

    private final List<BoundRule> rules;
    private final Slots slots;

    TableRules(List<BoundRule> rules, Map<String, ColumnType> columns) {
        this.rules = rules;
        Set<Variable> variables = new LinkedHashSet<>();
        rules.forEach(rule -> variables.addAll(rule.variables()));
        this.slots = new Slots(variables, columns);
    }

    /**
     * The first rule, in the order of the files, that the event breaks; null if it keeps them all. A rule is for the events that have what it names: only a delete
     * has {@code before}, everything but deletes and truncates has {@code after}, everything but truncates has {@code key}.
     */
    public @Nullable Violation check(ChangeEvent event) {
        if (rules.isEmpty()) {
            return null;
        }
        EventValues values = new EventValues(slots, event);
        for (BoundRule rule : rules) {
            Violation violation = rule.check(values);
            if (violation != null) {
                return violation;
            }
        }
        return null;
    }

    /** Whether the table has no rules. */
    public boolean isEmpty() {
        return rules.isEmpty();
    }
}
