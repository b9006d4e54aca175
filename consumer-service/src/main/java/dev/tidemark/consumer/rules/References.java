package dev.tidemark.consumer.rules;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelMutableAst;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.common.ast.CelMutableExpr;
import dev.cel.common.ast.CelMutableExpr.CelMutableIdent;
import dev.cel.common.navigation.CelNavigableMutableAst;
import dev.cel.common.navigation.TraversalOrder;
import dev.tidemark.consumer.rules.Variable.Scope;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes a variable of each column that an expression names, {@code after.city} or {@code after['City']}: so a column has a type of its own, and only what a rule
 * names is ever converted.
 *
 * @param ast the expression with these variables
 * @param variables the variables, each with the expression that first names it
 */
record References(CelAbstractSyntaxTree ast, Map<Variable, Long> variables) {

    /** @throws Language.Problem if the expression uses a row as a whole */
    static References of(CelAbstractSyntaxTree parsed) {
        CelMutableAst ast = CelMutableAst.fromCelAst(parsed);
        Map<Variable, Long> variables = new LinkedHashMap<>();
        Set<Long> operands = new HashSet<>();
        List<CelMutableExpr> nodes = CelNavigableMutableAst.fromAst(ast)
                .getRoot()
                .allNodes(TraversalOrder.PRE_ORDER)
                .map(node -> node.expr())
                .toList();
        for (CelMutableExpr node : nodes) {
            CelMutableExpr row = row(node);
            if (row != null) {
                operands.add(row.id());
                Variable variable = variable(parsed, node, row);
                variables.putIfAbsent(variable, node.id());
                node.setIdent(CelMutableIdent.create(variable.toString()));
            } else if (!operands.contains(node.id()) && scope(node) != null) {
                String name = node.ident().name();
                throw new Language.Problem(parsed, node.id(), "'" + name + "' is a row: name a column, " + name + ".x");
            }
        }
        CelAbstractSyntaxTree rewritten =
                CelAbstractSyntaxTree.newParsedAst(ast.toParsedAst().getExpr(), parsed.getSource());
        return new References(rewritten, variables);
    }

    private static Variable variable(CelAbstractSyntaxTree parsed, CelMutableExpr node, CelMutableExpr row) {
        Scope scope = scope(row);
        if (scope == null) {
            throw new IllegalStateException("no row");
        }
        if (node.getKind() == Kind.CALL) {
            return new Variable(scope, node.call().args().get(1).constant().stringValue());
        }
        if (node.select().testOnly()) {
            Variable variable = new Variable(scope, node.select().field());
            throw new Language.Problem(
                    parsed, node.id(), "every row has all columns: write " + variable + " != null instead of has()");
        }
        return new Variable(scope, node.select().field());
    }

    /** The row of which this expression takes a column, or null. */
    private static @Nullable CelMutableExpr row(CelMutableExpr node) {
        CelMutableExpr row = null;
        if (node.getKind() == Kind.SELECT) {
            row = node.select().operand();
        } else if (node.getKind() == Kind.CALL && node.call().function().equals("_[_]")) {
            List<CelMutableExpr> arguments = node.call().args();
            boolean named = arguments.get(1).getKind() == Kind.CONSTANT
                    && arguments.get(1).constant().getKind() == CelConstant.Kind.STRING_VALUE;
            row = named ? arguments.get(0) : null;
        }
        return row != null && scope(row) != null ? row : null;
    }

    private static @Nullable Scope scope(CelMutableExpr node) {
        if (node.getKind() == Kind.IDENT) {
            for (Scope scope : Scope.values()) {
                if (scope.word.equals(node.ident().name())) {
                    return scope;
                }
            }
        }
        return null;
    }
}
