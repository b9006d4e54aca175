package dev.tidemark.consumer.rules;

import com.google.re2j.PatternSyntaxException;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.runtime.CelEvaluationException;
import java.math.BigDecimal;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds, before there is any row, literals that no row could be compared with. */
final class Literals {

    private static final Pattern NUMBER = Pattern.compile("-?\\s*([0-9.]+([eE][+-]?[0-9]+)?)");

    private Literals() {}

    /** A literal with a fraction is a double to CEL. One that a double cannot keep would be compared as another number. */
    static void checkNumbers(CelAbstractSyntaxTree ast, String text) {
        for (CelExpr node : nodes(ast)) {
            if (is(node, CelConstant.Kind.DOUBLE_VALUE)) {
                int offset = ast.getSource().getPositionsMap().getOrDefault(node.id(), 0);
                Matcher number = NUMBER.matcher(text.substring(text.offsetByCodePoints(0, offset)));
                BigDecimal kept = BigDecimal.valueOf(Math.abs(node.constant().doubleValue()));
                if (number.lookingAt() && new BigDecimal(number.group(1)).compareTo(kept) != 0) {
                    throw new Language.Problem(
                            ast, node.id(), "so many digits need quotes: write decimal('" + number.group(1) + "')");
                }
            }
        }
    }

    /** Calls of constants, such as {@code date('2024-02-30')}, fail now rather than for each row. */
    static void checkCalls(CelAbstractSyntaxTree ast) {
        for (CelExpr node : nodes(ast)) {
            if (node.getKind() == Kind.CALL) {
                List<CelExpr> arguments = node.call().args();
                CelExpr last = arguments.isEmpty() ? node : arguments.get(arguments.size() - 1);
                try {
                    if (Plan.isCallOfConstants(node)) {
                        Plan.interpreted(ast, node).eval();
                    } else if (node.call().function().equals("matches") && is(last, CelConstant.Kind.STRING_VALUE)) {
                        Functions.pattern(last.constant().stringValue());
                    }
                } catch (CelEvaluationException | PatternSyntaxException e) {
                    throw new Language.Problem(ast, node.id(), BoundRule.reason(e));
                }
            }
        }
    }

    private static boolean is(CelExpr node, CelConstant.Kind kind) {
        return node.getKind() == Kind.CONSTANT && node.constant().getKind() == kind;
    }

    private static List<CelExpr> nodes(CelAbstractSyntaxTree ast) {
        return CelNavigableAst.fromAst(ast)
                .getRoot()
                .allNodes()
                .map(node -> node.expr())
                .toList();
    }
}
