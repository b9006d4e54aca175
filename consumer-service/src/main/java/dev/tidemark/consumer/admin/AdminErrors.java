package dev.tidemark.consumer.admin;

import dev.tidemark.consumer.apply.EnvironmentException;
import dev.tidemark.consumer.apply.MoveRefusedException;
import dev.tidemark.consumer.apply.Problem;
import dev.tidemark.consumer.ingest.KafkaUnavailableException;
import java.sql.SQLException;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** What went wrong, as {@code application/problem+json}. */
@RestControllerAdvice
@Order(0)
class AdminErrors {

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
