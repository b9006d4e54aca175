package dev.tidemark.consumer.rules;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** A wrong rule stops the start with its message rather than with a stack trace. Registered in {@code META-INF/spring.factories}. */
final class RuleFailureAnalyzer extends AbstractFailureAnalyzer<RuleException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, RuleException cause) {
        return new FailureAnalysis(
                "The rules of cdc.rules.files cannot be used: " + cause.getMessage(),
                "Correct the file, or take it out of cdc.rules.files.",
                cause);
    }
}
