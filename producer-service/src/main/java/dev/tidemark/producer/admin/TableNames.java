package dev.tidemark.producer.admin;

import dev.tidemark.model.TableId;
import dev.tidemark.web.BadParameterException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The names of tables in requests, as SQL writes them. */
final class TableNames {

    /** PostgreSQL cuts longer names off, so they would lead to another table. */
    private static final int LONGEST = 63;

    private TableNames() {}

    /** @throws BadParameterException if it is not the name of one table */
    static TableId parse(String parameter, String sqlName) {
        try {
            TableId table = TableId.parse(sqlName);
            requireLegal(parameter, table.schema());
            requireLegal(parameter, table.name());
            return table;
        } catch (IllegalArgumentException e) {
            throw new BadParameterException(parameter, String.valueOf(e.getMessage()));
        }
    }

    /** The name in a path. */
    static TableId ofPath(String table) {
        TableId id = parse("table", table);
        if (id.equals(TableId.HEARTBEAT)) {
            throw new BadParameterException(
                    "table", id + " is the pipeline's own; the setting cdc.heartbeat.interval switches it on and off");
        }
        return id;
    }

    /** @throws BadParameterException if there is none, or one is not a name */
    static List<TableId> parseAll(String parameter, @Nullable List<@Nullable String> sqlNames) {
        if (sqlNames == null || sqlNames.isEmpty()) {
            throw new BadParameterException(
                    parameter, "name at least one table, as in {\"tables\":[\"public.employees\"]}");
        }
        return sqlNames.stream()
                .map(name -> parse(parameter, name == null ? "" : name))
                .distinct()
                .toList();
    }

    private static void requireLegal(String parameter, String identifier) {
        if (identifier.indexOf('\0') >= 0) {
            throw new BadParameterException(parameter, "a name cannot hold the character 0");
        }
        if (identifier.getBytes(StandardCharsets.UTF_8).length > LONGEST) {
            throw new BadParameterException(parameter, "a name has at most " + LONGEST + " bytes");
        }
    }
}
