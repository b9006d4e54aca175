package dev.tidemark.web;

import jakarta.servlet.RequestDispatcher;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import tools.jackson.databind.json.JsonMapper;

/** Tells errors as {@code application/problem+json} that reach no controller: what Tomcat itself refuses, and what filters refuse by {@code sendError}. */
public final class ProblemReportValve extends ErrorReportValve {

    @Override
    protected void report(Request request, Response response, @Nullable Throwable error) {
        if (response.getStatus() < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
            return;
        }
        byte[] body = JsonMapper.shared()
                .writeValueAsString(problem(request, response.getStatus(), response.getMessage()))
                .getBytes(StandardCharsets.UTF_8);
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setContentLength(body.length);
        try {
            response.getOutputStream().write(body);
            response.finishResponse();
        } catch (IOException | IllegalStateException e) {
            // Whoever has asked is away.
        }
    }

    private static Map<String, Object> problem(Request request, int status, @Nullable String message) {
        HttpStatus known = HttpStatus.resolve(status);
        Map<String, Object> problem = new TreeMap<>();
        problem.put("status", status);
        problem.put("title", known == null ? "Error" : known.getReasonPhrase());
        if (status == 500) {
            problem.put("detail", RequestErrors.UNEXPECTED);
        } else {
            boolean told = message != null && !message.isBlank();
            problem.put("detail", told ? message : "This cannot be answered as it was asked");
        }
        Object path = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
        if (path == null) {
            path = request.getRequestURI();
        }
        if (path != null) {
            problem.put("instance", path);
        }
        return problem;
    }
}
