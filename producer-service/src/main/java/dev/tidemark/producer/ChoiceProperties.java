package dev.tidemark.producer;

import dev.tidemark.model.TableId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import tools.jackson.databind.json.JsonMapper;

/**
 * What of the tables is captured.
 *
 * @param hashKey the secret key of hashed columns, at least 16 characters; with another one, tables that have such columns get new snapshots
 * @param tables tables of which not all columns or rows are captured, or the rows before as well, by their name in SQL (docs/capture.md)
 */
@ConfigurationProperties("cdc.capture")
public record ChoiceProperties(@Nullable String hashKey, Map<String, Table> tables) {

    private static final int SHORTEST_KEY = 16;

    public ChoiceProperties {
        if (hashKey != null && hashKey.length() < SHORTEST_KEY) {
            throw new IllegalArgumentException("cdc.capture.hash-key needs at least " + SHORTEST_KEY
                    + " characters: who guesses it can find out by trying what was hashed");
        }
        tables = tables == null ? Map.of() : Map.copyOf(tables);
    }

    /**
     * A table of which not all is captured, or more.
     *
     * @param columns which columns, and as what; all as they are if it is not set
     * @param rows a condition in SQL that rows have to fulfil; all if it is not set
     * @param before whether updates are captured with the row as it was before
     */
    public record Table(@Nullable Columns columns, @Nullable String rows, boolean before) {}

    /** Names of columns, as they are. */
    public record Columns(
            @Nullable List<String> include,
            @Nullable List<String> exclude,
            @Nullable List<String> mask,
            @Nullable List<String> hash) {}

    /** The options of each table, as cdc.choose has them. */
    Map<TableId, String> options() {
        Map<TableId, String> options = new HashMap<>();
        tables.forEach((name, table) -> {
            TableId id = TableId.parse(name);
            if (options.put(id, JsonMapper.shared().writeValueAsString(table)) != null) {
                throw new IllegalArgumentException(
                        "cdc.capture.tables names " + id + " twice: put what is said of it under one of the names");
            }
        });
        return options;
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "cdc.capture.tables=" + tables;
    }
}
