package dev.tidemark.consumer.rules;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.common.types.CelKind;
import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import java.util.Map;
import java.util.Set;

/**
 * Which types may be compared. To CEL's checker our comparisons take anything, since its own {@code ==} wants the same type on both sides: no null for an int, no
 * int for a decimal. What then makes no sense is found here.
 */
final class Comparisons {

    private static final Map<String, String> OPERATORS =
            Map.of("_==_", "==", "_!=_", "!=", "_<_", "<", "_<=_", "<=", "_>_", ">", "_>=_", ">=");

    private static final Set<CelKind> ORDERED = Set.of(
            CelKind.BOOL,
            CelKind.STRING,
            CelKind.BYTES,
            CelKind.TIMESTAMP,
            CelKind.DURATION,
            CelKind.OPAQUE,
            CelKind.INT);

    private Comparisons() {}

    /** @throws Language.Problem if the expression compares what cannot be compared */
    static void check(CelAbstractSyntaxTree ast) {
        CelNavigableAst.fromAst(ast)
                .getRoot()
                .allNodes()
                .map(node -> node.expr())
                .filter(node -> node.getKind() == Kind.CALL
                        && OPERATORS.containsKey(node.call().function()))
                .forEach(node -> check(ast, node));
    }

    private static void check(CelAbstractSyntaxTree ast, CelExpr call) {
        String operator = OPERATORS.get(call.call().function());
        CelType left = type(ast, call.call().args().get(0));
        CelType right = type(ast, call.call().args().get(1));
        boolean equality = "==".equals(operator) || "!=".equals(operator);
        if (!(equality ? canBeEqual(left, right) : canBeOrdered(left, right))) {
            throw new Language.Problem(
                    ast,
                    call.id(),
                    "%s cannot be compared with %s by %s".formatted(left.name(), right.name(), operator));
        }
    }

    private static boolean canBeEqual(CelType left, CelType right) {
        boolean anything = left.kind() == CelKind.NULL_TYPE || right.kind() == CelKind.NULL_TYPE;
        return anything || sameSort(left, right);
    }

    private static boolean canBeOrdered(CelType left, CelType right) {
        return sameSort(left, right) && (isOrdered(left) || isOrdered(right));
    }

    private static boolean isOrdered(CelType type) {
        return isDynamic(type) || isNumber(type) || ORDERED.contains(type.kind());
    }

    private static boolean sameSort(CelType left, CelType right) {
        return isDynamic(left)
                || isDynamic(right)
                || isNumber(left) && isNumber(right)
                || left.kind() == right.kind()
                        && (left.kind() != CelKind.OPAQUE || left.name().equals(right.name()));
    }

    private static boolean isDynamic(CelType type) {
        return type.kind() == CelKind.DYN;
    }

    private static boolean isNumber(CelType type) {
        return type.kind() == CelKind.INT
                || type.kind() == CelKind.UINT
                || type.kind() == CelKind.DOUBLE
                || type.equals(ColumnType.DECIMAL);
    }

    private static CelType type(CelAbstractSyntaxTree ast, CelExpr expression) {
        return ast.getType(expression.id()).orElse(SimpleType.DYN);
    }
}
