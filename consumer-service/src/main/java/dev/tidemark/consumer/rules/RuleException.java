package dev.tidemark.consumer.rules;

/** The rules cannot be used as they are written. The message says which rule of which file, where in it, and why. */
public final class RuleException extends RuntimeException {

    private static final long serialVersionUID = 1;

    RuleException(Place place, String problem) {
        super(place + ": " + problem);
    }

    RuleException(RuleDefinition rule, Clause clause, Language.Problem problem) {
        super("%s: %s: %s: %s (line %d, column %d of the expression)"
                .formatted(
                        clause.at(problem.line(), problem.column()),
                        rule,
                        clause.attribute(),
                        problem.getMessage(),
                        problem.line(),
                        problem.column()));
    }

    RuleException(String file, Exception cause) {
        super(file + ": the file cannot be read: " + cause, cause);
    }
}
