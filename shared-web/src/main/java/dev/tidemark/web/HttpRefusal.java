package dev.tidemark.web;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/** Why something was not done, as RFC 9457 has it. */
public final class HttpRefusal {

    private HttpRefusal() {}

    /** @param detail what is in the way, and what to do */
    public static ErrorResponseException of(HttpStatus status, String detail) {
        return new ErrorResponseException(status, ProblemDetail.forStatusAndDetail(status, detail), null);
    }
}
