package dev.tidemark.consumer.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tidemark.consumer.deadletter.DeadLetter;
import dev.tidemark.consumer.deadletter.Refusal;
import dev.tidemark.model.TableId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A dead letter as it is shown; what is not known or not so is left out. */
@JsonInclude(JsonInclude.Include.NON_NULL)
record LetterView(
        long id,
        String topic,
        int partition,
        long offset,
        @Nullable String table,
        @Nullable RawJson key,
        @Nullable String operation,
        @Nullable Long sequence,
        String causeClass,
        String cause,
        @Nullable String rule,
        @Nullable String sqlState,
        String message,
        String state,
        int attempts,
        Instant firstSeenAt,
        Instant lastTriedAt,
        @Nullable RawJson editedRow,
        @Nullable Instant closedAt,
        @Nullable String closedBy,
        @Nullable Instant publishedAt) {

    static LetterView of(DeadLetter letter) {
        Refusal refusal = letter.refusal();
        return new LetterView(
                letter.id(),
                letter.partition().topic(),
                letter.partition().partition(),
                letter.offset(),
                name(letter.table()),
                json(letter.key()),
                letter.operation(),
                letter.sequence(),
                refusal.causeClass().code(),
                refusal.cause(),
                refusal.rule(),
                refusal.sqlState(),
                refusal.message(),
                letter.state().code(),
                letter.attempts(),
                letter.firstSeenAt(),
                letter.lastTriedAt(),
                json(letter.editedRow()),
                letter.closedAt(),
                letter.closedBy(),
                letter.publishedAt());
    }

    static @Nullable String name(@Nullable TableId table) {
        return table == null ? null : table.toString();
    }

    static @Nullable RawJson json(@Nullable String text) {
        return text == null ? null : RawJson.orString(text);
    }
}
