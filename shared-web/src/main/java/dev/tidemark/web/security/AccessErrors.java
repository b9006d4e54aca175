package dev.tidemark.web.security;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpHeaders;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.authentication.InsufficientAuthenticationException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;

/** Says what credentials are missing. The valve makes a problem of it. */
final class AccessErrors implements AuthenticationEntryPoint, AccessDeniedHandler {

    private final Access access;

    AccessErrors(Access access) {
        this.access = access;
    }

    @Override
    public void commence(HttpServletRequest request, HttpServletResponse response, AuthenticationException e)
            throws IOException {
        if (e instanceof AuthenticationServiceException) {
            response.sendError(
                    HttpServletResponse.SC_SERVICE_UNAVAILABLE,
                    "The token cannot be checked, since the issuer's keys cannot be had: "
                            + "see spring.security.oauth2.resourceserver.jwt");
            return;
        }
        if (access.basic()) {
            response.addHeader(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"tidemark\", charset=\"UTF-8\"");
        }
        if (access.tokens()) {
            String error = e instanceof OAuth2AuthenticationException token
                    ? " error=\"" + token.getError().getErrorCode() + "\""
                    : "";
            response.addHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer" + error);
        }
        response.sendError(HttpServletResponse.SC_UNAUTHORIZED, detail(e));
    }

    private String detail(AuthenticationException e) {
        String means = access.words();
        if (e instanceof InsufficientAuthenticationException) {
            return "This needs credentials: " + means;
        }
        return e instanceof OAuth2AuthenticationException token
                        && token.getError().getDescription() != null
                ? "The token is not valid: " + token.getError().getDescription()
                : "The credentials are not valid: " + means;
    }

    @Override
    public void handle(HttpServletRequest request, HttpServletResponse response, AccessDeniedException e)
            throws IOException {
        Role needed = Role.neededFor(request.getMethod());
        response.sendError(
                HttpServletResponse.SC_FORBIDDEN,
                "This needs the role " + needed.code() + ", which the credentials do not have");
    }
}
