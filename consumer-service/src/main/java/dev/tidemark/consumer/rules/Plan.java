package dev.tidemark.consumer.rules;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.common.ast.CelReference;
import dev.cel.common.values.NullValue;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Makes steps of a checked expression. CEL's interpreter looks up each function anew for each row, which takes several times as long as what most rules do:
 *
 * <ul>
 *   <li>what has the same value for every row is evaluated once
 *   <li>variables, logic and the functions of {@link Functions} are called directly, with CEL's meaning: {@code &&} and {@code ||} overlook what fails on one side
 *       if the other side decides
 *   <li>everything else is left to the interpreter
 * </ul>
 */
final class Plan {

    /** A part of an expression. */
    @FunctionalInterface
    interface Step {
        Object apply(EventValues values) throws CelEvaluationException;
    }

    private final CelAbstractSyntaxTree ast;

    private Plan(CelAbstractSyntaxTree ast) {
        this.ast = ast;
    }

    static Step of(CelAbstractSyntaxTree checked) {
        try {
            return new Plan(checked).step(checked.getExpr());
        } catch (CelEvaluationException e) {
            throw new IllegalStateException("A checked expression makes no program", e);
        }
    }

    private Step step(CelExpr expression) throws CelEvaluationException {
        if (isConstant(expression)) {
            Object value = interpreted(expression).eval();
            return values -> value;
        }
        if (expression.getKind() == Kind.IDENT && isVariable(expression)) {
            String name = expression.ident().name();
            return values -> values.get(name);
        }
        if (expression.getKind() == Kind.CALL) {
            List<CelExpr> arguments = arguments(expression).toList();
            switch (expression.call().function()) {
                case "_&&_":
                    return both(step(arguments.get(0)), step(arguments.get(1)), false);
                case "_||_":
                    return both(step(arguments.get(0)), step(arguments.get(1)), true);
                case "!_":
                    Step negated = step(arguments.get(0));
                    return values -> !truth(negated.apply(values));
                default:
                    List<String> ids = ast.getReferenceOrThrow(expression.id()).overloadIds();
                    Functions.Overload overload = ids.size() == 1 ? Functions.overload(ids.get(0)) : null;
                    if (overload != null) {
                        return call(overload, arguments);
                    }
            }
        }
        CelRuntime.Program program = interpreted(expression);
        return program::eval;
    }

    private Step call(Functions.Overload overload, List<CelExpr> arguments) throws CelEvaluationException {
        Step first = step(arguments.get(0));
        if (arguments.size() == 1) {
            return values -> overload.apply(first.apply(values));
        }
        Step second = step(arguments.get(1));
        return values -> overload.apply(first.apply(values), second.apply(values));
    }

    /** @param deciding what the result is as soon as one side is so */
    private static Step both(Step left, Step right, boolean deciding) {
        return values -> {
            try {
                if (truth(left.apply(values)) == deciding) {
                    return deciding;
                }
            } catch (CelEvaluationException | RuntimeException e) {
                if (truth(right.apply(values)) == deciding) {
                    return deciding;
                }
                throw e;
            }
            return truth(right.apply(values));
        };
    }

    static boolean truth(Object value) {
        if (value instanceof Boolean truth) {
            return truth;
        }
        throw new IllegalArgumentException(
                value == NullValue.NULL_VALUE
                        ? "NULL is neither true nor false"
                        : "'" + value + "' is neither true nor false");
    }

    private boolean isVariable(CelExpr identifier) {
        Optional<CelReference> reference = ast.getReference(identifier.id());
        return reference.isPresent()
                && reference.get().value().isEmpty()
                && EventValues.isVariable(reference.get().name());
    }

    private static boolean isConstant(CelExpr expression) {
        return expression.getKind() == Kind.CONSTANT && expression.constant().getKind() != CelConstant.Kind.NOT_SET
                || isCallOfConstants(expression);
    }

    static boolean isCallOfConstants(CelExpr expression) {
        return expression.getKind() == Kind.CALL
                && arguments(expression).allMatch(argument -> argument.getKind() == Kind.CONSTANT);
    }

    private static Stream<CelExpr> arguments(CelExpr call) {
        return Stream.concat(call.call().target().stream(), call.call().args().stream());
    }

    private CelRuntime.Program interpreted(CelExpr expression) throws CelEvaluationException {
        return interpreted(ast, expression);
    }

    static CelRuntime.Program interpreted(CelAbstractSyntaxTree ast, CelExpr expression) throws CelEvaluationException {
        return Language.program(CelAbstractSyntaxTree.newCheckedAst(
                expression, ast.getSource(), ast.getReferenceMap(), ast.getTypeMap()));
    }
}
