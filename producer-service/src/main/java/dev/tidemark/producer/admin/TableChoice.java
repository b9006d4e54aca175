package dev.tidemark.producer.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * What was chosen to be captured of a table.
 *
 * @param columns which columns, and as what
 * @param rows the condition that rows have to fulfil
 * @param before whether updates come with the row as it was before; missing if not
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record TableChoice(
        @Nullable Columns columns,
        @Nullable String rows,
        @Nullable Boolean before) {

    /**
     * Names of columns.
     *
     * @param include the only ones that are captured, beside those of the key
     * @param exclude those that are not captured
     * @param mask those that are captured as asterisks or NULL
     * @param hash those that are captured as a keyed hash
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Columns(
            @Nullable List<String> include,
            @Nullable List<String> exclude,
            @Nullable List<String> mask,
            @Nullable List<String> hash) {}

    /** @param options as cdc.choose has them */
    static @Nullable TableChoice of(@Nullable String options) {
        return options == null ? null : JsonMapper.shared().readValue(options, TableChoice.class);
    }
}
