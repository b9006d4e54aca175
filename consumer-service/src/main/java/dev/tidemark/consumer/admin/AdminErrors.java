package dev.tidemark.consumer.admin;

import dev.tidemark.consumer.apply.EnvironmentException;
import dev.tidemark.consumer.apply.MoveRefusedException;
import dev.tidemark.consumer.apply.Problem;
import dev.tidemark.consumer.ingest.KafkaUnavailableException;
import java.sql.SQLException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/** What went wrong, as {@code application/problem+json}; what Spring finds wrong with a request is told in the same form. */
@RestControllerAdvice
class AdminErrors extends ResponseEntityExceptionHandler {

    @ExceptionHandler
    ProblemDetail badParameter(BadParameterException e) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, e.getMessage());
        problem.setProperty("parameter", e.parameter());
        return problem;
    }

    @ExceptionHandler
    ProblemDetail moveRefused(MoveRefusedException e) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, e.getMessage());
    }

    /** Nothing is wrong with the request: the same request may succeed later. */
    @ExceptionHandler({SQLException.class, EnvironmentException.class, KafkaUnavailableException.class})
    ProblemDetail environment(Exception e) {
        Problem cause = Problem.of(e);
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.SERVICE_UNAVAILABLE, cause.message());
        problem.setProperty("sqlState", cause.sqlState());
        return problem;
    }
}
