package dev.tidemark.web.security;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says what to configure. */
final class OpenAddressFailureAnalyzer extends AbstractFailureAnalyzer<OpenAddressException> {

    private static final String ACTION = """
            Say who may come in:
                CDC_SECURITY_USERS_0_NAME=ada CDC_SECURITY_USERS_0_PASSWORD='{bcrypt}$2y$10$...' CDC_SECURITY_USERS_0_ROLE=operator
            or by whose tokens:
                SPRING_SECURITY_OAUTH2_RESOURCESERVER_JWT_ISSUERURI=https://...
            or listen on this machine alone: SERVER_ADDRESS=127.0.0.1, and MANAGEMENT_SERVER_ADDRESS=127.0.0.1 if the actuator has a port of its own.
            docs/security.md has more.""";

    @Override
    protected FailureAnalysis analyze(Throwable failure, OpenAddressException cause) {
        return new FailureAnalysis(cause.getMessage(), ACTION, cause);
    }
}
