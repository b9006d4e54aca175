package dev.tidemark.consumer.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter beside what the destination has.
 *
 * @param event the record's value, if it is JSON
 * @param eventBase64 the record's value, if it is not
 * @param keyBase64 the record's key, if it is not JSON
 * @param destination the row that the destination has now
 * @param destinationNote why there is none
 * @param diff what applying the event would change, by column; of the columns that the event has
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record LetterDetail(
        LetterView letter,
        @Nullable RawJson event,
        @Nullable String eventBase64,
        @Nullable String keyBase64,
        @Nullable RawJson destination,
        @Nullable String destinationNote,
        @Nullable Map<String, Difference> diff) {

    /** A column's value on both sides; left out where there is no row, or no such column. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Difference(@Nullable RawJson event, @Nullable RawJson destination) {}
}
