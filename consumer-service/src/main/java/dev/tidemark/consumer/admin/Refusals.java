package dev.tidemark.consumer.admin;

import dev.tidemark.consumer.deadletter.DeadLetter;
import dev.tidemark.consumer.deadletter.Refusal;
import dev.tidemark.web.HttpRefusal;
import java.net.URI;
import org.apache.kafka.common.TopicPartition;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/** The answers that say why something was not done, as RFC 9457 has them. */
final class Refusals {

    private Refusals() {}

    static ErrorResponseException noLetter(long id) {
        return HttpRefusal.of(HttpStatus.NOT_FOUND, "There is no dead letter " + id + " of this pipeline");
    }

    static ErrorResponseException noReplay(long number) {
        return HttpRefusal.of(HttpStatus.NOT_FOUND, "There is no replay " + number + " since the service was started");
    }

    static ErrorResponseException noPartition(TopicPartition partition) {
        return HttpRefusal.of(
                HttpStatus.NOT_FOUND,
                "There is no partition " + partition.partition() + " of a topic " + partition.topic()
                        + " that is applied here: GET /admin/offsets lists those there are");
    }

    static ErrorResponseException closed(DeadLetter letter) {
        String by = letter.closedBy() == null ? "" : " by " + letter.closedBy();
        return HttpRefusal.of(
                HttpStatus.CONFLICT,
                "The dead letter " + letter.id() + " is not open: it was "
                        + letter.state().code() + by + " at " + letter.closedAt());
    }

    static ErrorResponseException superseded(long id) {
        return HttpRefusal.of(
                HttpStatus.CONFLICT,
                "A later event of the row was applied, and the dead letter " + id
                        + " would undo it: use force=true to apply it all the same");
    }

    static ErrorResponseException busy(URI running) {
        ErrorResponseException refusal = HttpRefusal.of(
                HttpStatus.CONFLICT, "Another replay is running: wait for it, or cancel it by DELETE " + running);
        refusal.getBody().setProperty("running", running);
        return refusal;
    }

    /** It was tried, and refused again. */
    static ErrorResponseException refusedAgain(long id, Refusal refusal) {
        ErrorResponseException answer =
                HttpRefusal.of(HttpStatus.UNPROCESSABLE_CONTENT, "The dead letter " + id + " was refused again");
        ProblemDetail body = answer.getBody();
        body.setProperty("causeClass", refusal.causeClass().code());
        body.setProperty("cause", refusal.cause());
        body.setProperty("rule", refusal.rule());
        body.setProperty("sqlState", refusal.sqlState());
        body.setProperty("message", refusal.message());
        return answer;
    }
}
