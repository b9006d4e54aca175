package dev.tidemark.consumer.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tidemark.consumer.deadletter.DeadLetterGroup;
import dev.tidemark.consumer.deadletter.Refusal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Dead letters of one cause as they are shown, with the newest of them as the example. */
@JsonInclude(JsonInclude.Include.NON_NULL)
record GroupView(
        @Nullable String table,
        String causeClass,
        String cause,
        @Nullable String rule,
        @Nullable String sqlState,
        String state,
        long count,
        Instant oldest,
        Instant newest,
        Example example) {

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Example(long id, @Nullable RawJson key, String message) {}

    static GroupView of(DeadLetterGroup group) {
        Refusal refusal = group.refusal();
        return new GroupView(
                LetterView.name(group.table()),
                refusal.causeClass().code(),
                refusal.cause(),
                refusal.rule(),
                refusal.sqlState(),
                group.state().code(),
                group.count(),
                group.oldest(),
                group.newest(),
                new Example(group.exampleId(), LetterView.json(group.exampleKey()), refusal.message()));
    }
}
