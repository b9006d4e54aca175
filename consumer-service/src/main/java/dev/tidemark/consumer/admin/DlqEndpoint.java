package dev.tidemark.consumer.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tidemark.consumer.apply.Problem;
import dev.tidemark.consumer.deadletter.DeadLetterCount;
import dev.tidemark.consumer.deadletter.DeadLetterJobs;
import dev.tidemark.consumer.deadletter.DeadLetterQueries;
import dev.tidemark.consumer.deadletter.DeadLetterState;
import java.sql.SQLException;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/** {@code GET /actuator/dlq}: how many dead letters there are. */
@Endpoint(id = "dlq")
final class DlqEndpoint {

    private final DeadLetterQueries queries;
    private final DeadLetterJobs jobs;

    DlqEndpoint(DeadLetterQueries queries, DeadLetterJobs jobs) {
        this.queries = queries;
        this.jobs = jobs;
    }

    /**
     * @param open how many letters nobody has dealt with; null if that is not known
     * @param oldestOpenSeconds the age of the oldest of them
     * @param unpublished how many are not in a dead-letter topic yet
     * @param error why the destination could not be asked
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Letters(
            @Nullable Long open,
            @Nullable Double oldestOpenSeconds,
            @Nullable Long unpublished,
            List<Count> letters,
            Publishing publishing,
            @Nullable String error) {}

    /** @param table none for letters that could not be understood */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Count(@Nullable String table, String causeClass, String state, long letters) {

        static Count of(DeadLetterCount count) {
            String causeClass = count.causeClass().code();
            return new Count(
                    LetterView.name(count.table()), causeClass, count.state().code(), count.count());
        }
    }

    /**
     * What this instance sends.
     *
     * @param failures how often that has failed since the start
     * @param unsendable how many letters Kafka does not take; they are tried again after the next start
     * @param error why letters, or those of a topic, cannot be sent
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Publishing(
            long published,
            long failures,
            int unsendable,
            @Nullable String error) {}

    @ReadOperation
    Letters letters() {
        Publishing publishing =
                new Publishing(jobs.published(), jobs.publishingFailures(), jobs.unsendable(), jobs.publishingError());
        try {
            return letters(queries.counts(), queries.unpublished(), publishing);
        } catch (SQLException e) {
            return new Letters(
                    null, null, null, List.of(), publishing, Problem.of(e).message());
        }
    }

    private static Letters letters(List<DeadLetterCount> counts, long unpublished, Publishing publishing) {
        List<DeadLetterCount> open = counts.stream()
                .filter(count -> count.state() == DeadLetterState.OPEN)
                .toList();
        OptionalDouble oldest =
                open.stream().mapToDouble(DeadLetterCount::oldestSeconds).max();
        return new Letters(
                open.stream().mapToLong(DeadLetterCount::count).sum(),
                oldest.isPresent() ? oldest.getAsDouble() : null,
                unpublished,
                counts.stream().map(Count::of).toList(),
                publishing,
                null);
    }
}
