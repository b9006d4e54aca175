package dev.tidemark.consumer.rules;

import dev.cel.common.types.CelType;
import dev.cel.runtime.CelEvaluationException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * An expression that is compiled for the columns of a table.
 *
 * @param variables the columns that it names
 */
record BoundClause(Plan.Step plan, Set<Variable> variables) {

    /** @throws Language.Problem if it does not fit the columns */
    static BoundClause of(References references, Map<String, ColumnType> columns) {
        Map<String, CelType> types = new HashMap<>();
        references.variables().forEach((variable, expression) -> {
            ColumnType column = columns.get(variable.column());
            if (column == null) {
                throw new Language.Problem(
                        references.ast(),
                        expression,
                        "there is no column " + variable.column() + "; there are "
                                + String.join(", ", columns.keySet()));
            }
            types.put(variable.toString(), column.type());
        });
        return new BoundClause(
                Plan.of(Language.check(references.ast(), types)),
                references.variables().keySet());
    }

    boolean isTrue(EventValues values) throws CelEvaluationException {
        try {
            return Plan.truth(plan.apply(values));
        } catch (RuntimeException e) {
            throw new CelEvaluationException(String.valueOf(e.getMessage()), e);
        }
    }
}
