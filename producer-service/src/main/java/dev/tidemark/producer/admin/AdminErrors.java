package dev.tidemark.producer.admin;

import dev.tidemark.producer.capture.MoveRefusedException;
import dev.tidemark.producer.publish.DeliveryFailedException;
import dev.tidemark.producer.publish.KafkaUnavailableException;
import dev.tidemark.producer.source.LockedTableException;
import dev.tidemark.producer.source.UnknownTableException;
import dev.tidemark.producer.source.UntrackableTableException;
import dev.tidemark.producer.source.UnusableSourceException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** What went wrong, as {@code application/problem+json}. */
@RestControllerAdvice
@Order(0)
class AdminErrors {

    @ExceptionHandler
    ProblemDetail unknownTable(UnknownTableException e) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.NOT_FOUND, e.getMessage());
    }

    /** Nothing is wrong with the table: the same request may succeed later. */
    @ExceptionHandler
    ProblemDetail lockedTable(LockedTableException e) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.SERVICE_UNAVAILABLE, e.getMessage() + "; try again later");
    }

    @ExceptionHandler
    ProblemDetail untrackableTable(UntrackableTableException e) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.UNPROCESSABLE_CONTENT, e.getMessage());
    }

    @ExceptionHandler
    ProblemDetail unusableSource(UnusableSourceException e) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.SERVICE_UNAVAILABLE, e.getMessage());
    }

    @ExceptionHandler
    ProblemDetail moveRefused(MoveRefusedException e) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, e.getMessage());
    }

    @ExceptionHandler({KafkaUnavailableException.class, DeliveryFailedException.class})
    ProblemDetail kafkaAway(RuntimeException e) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.SERVICE_UNAVAILABLE, String.valueOf(e.getMessage()));
    }

    @ExceptionHandler({SQLException.class, DataAccessException.class})
    ProblemDetail sourceAway(Exception e) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.SERVICE_UNAVAILABLE, describe(e));
        problem.setProperty("sqlState", sqlState(e));
        return problem;
    }

    /** The innermost cause says most: the pool tells only that it has no connection. */
    static String describe(Exception e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return "The source cannot do that now: " + root.getMessage();
    }

    private static @Nullable String sqlState(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                return sql.getSQLState();
            }
        }
        return null;
    }
}
