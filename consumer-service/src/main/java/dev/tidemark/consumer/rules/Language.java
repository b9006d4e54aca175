package dev.tidemark.consumer.rules;

import dev.cel.checker.CelStandardDeclarations;
import dev.cel.checker.CelStandardDeclarations.StandardFunction;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelSourceLocation;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.CelKind;
import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import java.util.Map;

/** The language of rules: CEL, with decimals, dates, and comparisons that take null and numbers of any kind. */
final class Language {

    private static final CelOptions OPTIONS = CelOptions.current()
            .evaluateCanonicalTypesToNativeValues(true)
            .enableQuotedIdentifierSyntax(true)
            .build();

    /** What {@link Functions} has instead. */
    private static final CelStandardDeclarations STANDARD = CelStandardDeclarations.newBuilder()
            .excludeFunctions(
                    StandardFunction.EQUALS,
                    StandardFunction.NOT_EQUALS,
                    StandardFunction.LESS,
                    StandardFunction.LESS_EQUALS,
                    StandardFunction.GREATER,
                    StandardFunction.GREATER_EQUALS,
                    StandardFunction.MATCHES)
            .build();

    private static final CelRuntime RUNTIME = CelRuntimeFactory.standardCelRuntimeBuilder()
            .setOptions(OPTIONS)
            .addFunctionBindings(Functions.bindings())
            .build();

    private Language() {}

    static CelAbstractSyntaxTree parse(String text) {
        try {
            CelAbstractSyntaxTree ast =
                    compiler(Map.of()).parse(text, "expression").getAst();
            Literals.checkNumbers(ast, text);
            return ast;
        } catch (CelValidationException e) {
            throw Problem.of(e);
        }
    }

    /**
     * Gives every part of the expression its type.
     *
     * @throws Problem if the types do not fit, or the result is not true or false
     */
    static CelAbstractSyntaxTree check(CelAbstractSyntaxTree parsed, Map<String, CelType> variables) {
        try {
            CelAbstractSyntaxTree ast = compiler(variables).check(parsed).getAst();
            Comparisons.check(ast);
            Literals.checkCalls(ast);
            CelType result = ast.getResultType();
            if (result.kind() != CelKind.BOOL && result.kind() != CelKind.DYN) {
                throw new Problem(ast, ast.getExpr().id(), "the result has to be true or false, not " + result.name());
            }
            return ast;
        } catch (CelValidationException e) {
            throw Problem.of(e);
        }
    }

    static CelRuntime.Program program(CelAbstractSyntaxTree checked) throws CelEvaluationException {
        return RUNTIME.createProgram(checked);
    }

    private static CelCompiler compiler(Map<String, CelType> variables) {
        CelCompilerBuilder builder = CelCompilerFactory.standardCelCompilerBuilder()
                .setOptions(OPTIONS)
                .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
                .setStandardEnvironmentEnabled(false)
                .setStandardDeclarations(STANDARD)
                .addFunctionDeclarations(Functions.declarations())
                .addVar(EventValues.OP, SimpleType.STRING);
        variables.forEach(builder::addVar);
        return builder.build();
    }

    /** What is wrong with an expression, and where in it. */
    static final class Problem extends RuntimeException {

        private static final long serialVersionUID = 1;

        private final int line;
        private final int column;

        private Problem(CelSourceLocation location, String message) {
            super(message);
            this.line = Math.max(1, location.getLine());
            this.column = location.getColumn() + 1;
        }

        Problem(CelAbstractSyntaxTree ast, long expression, String message) {
            this(location(ast, expression), message);
        }

        static Problem of(CelValidationException e) {
            CelIssue issue = e.getErrors().get(0);
            return new Problem(issue.getSourceLocation(), issue.getMessage().replace(" (in container '')", ""));
        }

        private static CelSourceLocation location(CelAbstractSyntaxTree ast, long expression) {
            Integer offset = ast.getSource().getPositionsMap().get(expression);
            return ast.getSource()
                    .getOffsetLocation(offset == null ? 0 : offset)
                    .orElse(CelSourceLocation.NONE);
        }

        int line() {
            return line;
        }

        int column() {
            return Math.max(1, column);
        }
    }
}
