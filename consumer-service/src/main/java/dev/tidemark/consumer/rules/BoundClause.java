package dev.tidemark.consumer.rules;

import dev.cel.common.types.CelType;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * An expression that is compiled for the columns of a table.
 *
 * @param variables the columns that it names
 */
record BoundClause(CelRuntime.Program program, Set<Variable> variables) {

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
        try {
            return new BoundClause(
                    Language.program(Language.check(references.ast(), types)),
                    references.variables().keySet());
        } catch (CelEvaluationException e) {
            throw new IllegalStateException("A checked expression makes no program", e);
        }
    }

    boolean isTrue(EventValues values) throws CelEvaluationException {
        Object result = program.eval(values);
        if (result instanceof Boolean truth) {
            return truth;
        }
        throw new CelEvaluationException("the result is neither true nor false");
    }
}
