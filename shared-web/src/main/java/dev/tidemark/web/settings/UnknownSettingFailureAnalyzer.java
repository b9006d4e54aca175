package dev.tidemark.web.settings;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says where the right names are. */
final class UnknownSettingFailureAnalyzer extends AbstractFailureAnalyzer<UnknownSettingException> {

    private static final String ACTION =
            "Put the name right, or take it away: a misspelt setting would be passed over. docs/configuration.md has all of them.";

    @Override
    protected FailureAnalysis analyze(Throwable failure, UnknownSettingException cause) {
        return new FailureAnalysis(cause.getMessage(), ACTION, cause);
    }
}
