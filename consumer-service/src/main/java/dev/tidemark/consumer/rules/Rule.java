package dev.tidemark.consumer.rules;

import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** A rule whose expressions are sound as far as this can be said without knowing the table. Counts what it does, whatever the table looks like. */
final class Rule {

    private final RuleDefinition definition;
    private final @Nullable References when;
    private final References require;
    private final LongAdder checked = new LongAdder();
    private final LongAdder refused = new LongAdder();

    /** @throws RuleException if it is not */
    Rule(RuleDefinition definition) {
        this.definition = definition;
        this.when = definition.when() == null ? null : parse(definition.when());
        this.require = parse(definition.require());
    }

    private References parse(Clause clause) {
        try {
            References references = References.of(Language.parse(clause.text()));
            Map<String, CelType> types = new HashMap<>();
            references.variables().keySet().forEach(variable -> types.put(variable.toString(), SimpleType.DYN));
            Language.check(references.ast(), types);
            return references;
        } catch (Language.Problem e) {
            throw new RuleException(definition, clause, e);
        }
    }

    /** @throws RuleException if the table has not the columns that the rule names, or they have not the types that it takes them for */
    BoundRule bind(Map<String, ColumnType> columns) {
        return new BoundRule(
                this,
                definition.when() == null || when == null ? null : bind(definition.when(), when, columns),
                bind(definition.require(), require, columns));
    }

    private BoundClause bind(Clause clause, References references, Map<String, ColumnType> columns) {
        try {
            return BoundClause.of(references, columns);
        } catch (Language.Problem e) {
            throw new RuleException(definition, clause, e);
        }
    }

    RuleDefinition definition() {
        return definition;
    }

    void count(boolean kept) {
        checked.increment();
        if (!kept) {
            refused.increment();
        }
    }

    RuleInfo info() {
        Clause condition = definition.when();
        return new RuleInfo(
                definition.table(),
                definition.name(),
                condition == null ? null : condition.text(),
                definition.require().text(),
                definition.message(),
                checked.sum(),
                refused.sum());
    }
}
