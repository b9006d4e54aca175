package dev.tidemark.consumer.rules;

import dev.cel.common.CelRuntimeException;
import dev.cel.runtime.CelEvaluationException;
import dev.tidemark.consumer.rules.Variable.Scope;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A rule that is compiled for the columns of a table. */
final class BoundRule {

    private final Rule rule;
    private final @Nullable BoundClause when;
    private final BoundClause require;
    private final Set<Variable> variables = new LinkedHashSet<>();
    private final EnumSet<Scope> scopes = EnumSet.noneOf(Scope.class);

    BoundRule(Rule rule, @Nullable BoundClause when, BoundClause require) {
        this.rule = rule;
        this.when = when;
        this.require = require;
        if (when != null) {
            variables.addAll(when.variables());
        }
        variables.addAll(require.variables());
        variables.forEach(variable -> scopes.add(variable.scope()));
    }

    Set<Variable> variables() {
        return variables;
    }

    /** Null also for an event that has not the rows that the rule speaks of: nothing can be required of what is not there. */
    @Nullable
    Violation check(EventValues values) {
        if (!values.has(scopes)) {
            return null;
        }
        try {
            if (when != null && !when.isTrue(values)) {
                return null;
            }
            boolean kept = require.isTrue(values);
            rule.count(kept);
            return kept ? null : violation("");
        } catch (CelEvaluationException e) {
            rule.count(false);
            return violation(" (the rule could not be evaluated: " + nulls(values) + reason(e) + ")");
        }
    }

    private Violation violation(String cause) {
        return new Violation(rule.definition().name(), rule.definition().message() + cause);
    }

    /** Nearly always it is a NULL that nobody had thought of. */
    private String nulls(EventValues values) {
        return variables.stream()
                .filter(values::isNull)
                .map(variable -> variable + " is NULL; ")
                .collect(Collectors.joining());
    }

    /** What CEL's own exceptions are wrapped around says more than they do. */
    static String reason(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null
                && (cause instanceof CelEvaluationException || cause instanceof CelRuntimeException)) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage()).replaceFirst("^evaluation error at \\S+: ", "");
    }
}
