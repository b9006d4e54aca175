package dev.tidemark.web;

import java.util.Objects;
import java.util.Set;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.NoHandlerFoundException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import org.springframework.web.servlet.resource.NoResourceFoundException;
import org.springframework.web.util.DisconnectedClientHelper;
import tools.jackson.core.JacksonException;

/**
 * What is wrong with a request, as {@code application/problem+json}, with what to do; what Spring finds is told in the same form. A service's own errors are
 * asked first. What nobody has foreseen is logged, and told without any detail.
 */
@RestControllerAdvice
@Order(Ordered.LOWEST_PRECEDENCE)
public final class RequestErrors extends ResponseEntityExceptionHandler {

    static final String UNEXPECTED = "That should not have happened; the service's log says what did";

    private static final Logger LOG = LoggerFactory.getLogger(RequestErrors.class);

    @ExceptionHandler
    ProblemDetail badParameter(BadParameterException e) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, e.getMessage());
        problem.setProperty("parameter", e.parameter());
        return problem;
    }

    /** Found by the firewall or by Tomcat only when a parameter is asked for. */
    @ExceptionHandler({RequestRejectedException.class, InvalidParameterException.class})
    ProblemDetail rejected(RuntimeException e) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, String.valueOf(e.getMessage()));
    }

    @ExceptionHandler
    @Nullable
    ProblemDetail unexpected(Exception e, WebRequest request) {
        if (DisconnectedClientHelper.isClientDisconnectedException(e)) {
            return null;
        }
        if (isComponentOfHealth(request)) {
            return ProblemDetail.forStatusAndDetail(HttpStatus.NOT_FOUND, "Health has no such component");
        }
        LOG.error("{} has failed", request.getDescription(false), e);
        return ProblemDetail.forStatusAndDetail(HttpStatus.INTERNAL_SERVER_ERROR, UNEXPECTED);
    }

    /** Spring Boot 4.1 fails at most paths below health that lead nowhere. */
    private static boolean isComponentOfHealth(WebRequest request) {
        Object pattern =
                request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE, RequestAttributes.SCOPE_REQUEST);
        return pattern != null && pattern.toString().endsWith("/health/**");
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleNoResourceFoundException(
            NoResourceFoundException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        return unknown(e, e.getHttpMethod().name(), "/" + e.getResourcePath(), headers, request);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleNoHandlerFoundException(
            NoHandlerFoundException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        return unknown(e, e.getHttpMethod(), e.getRequestURL(), headers, request);
    }

    private @Nullable ResponseEntity<Object> unknown(
            Exception e, String method, String path, HttpHeaders headers, WebRequest request) {
        String detail = "There is no " + method + " " + path + ": see /admin/status and /actuator for what there is";
        return answer(e, HttpStatus.NOT_FOUND, detail, headers, request);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHttpRequestMethodNotSupported(
            HttpRequestMethodNotSupportedException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        Set<HttpMethod> supported = Objects.requireNonNullElse(e.getSupportedHttpMethods(), Set.of());
        String detail = "There is no " + e.getMethod() + " here, but "
                + String.join(
                        ", ", supported.stream().map(HttpMethod::name).sorted().toList());
        return answer(e, status, detail, headers, request);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHttpMediaTypeNotSupported(
            HttpMediaTypeNotSupportedException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        String given = e.getContentType() == null ? "no Content-Type" : "the Content-Type " + e.getContentType();
        return answer(e, status, "The body has " + given + ": send application/json", headers, request);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(
            HttpMessageNotReadableException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        return answer(e, status, "The body cannot be read: " + cause(e), headers, request);
    }

    private static String cause(HttpMessageNotReadableException e) {
        if (e.getCause() instanceof JacksonException json) {
            return json.getOriginalMessage();
        }
        String message = String.valueOf(e.getMessage());
        // Spring goes on with the method that wants one.
        return message.startsWith("Required request body is missing") ? "there is none" : message;
    }

    private @Nullable ResponseEntity<Object> answer(
            Exception e, HttpStatusCode status, String detail, HttpHeaders headers, WebRequest request) {
        return handleExceptionInternal(e, ProblemDetail.forStatusAndDetail(status, detail), headers, status, request);
    }
}
