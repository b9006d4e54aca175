package dev.tidemark.consumer.apply;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The tables of the destination.
 *
 * @param createTables whether a table that is missing is made, with the columns, types and key that it has at the source, when a snapshot of it comes
 * @param schemaChanges what to do when a table was altered at the source: apply to the destination what is safe, wait for somebody to do it, or ignore columns that it lacks
 * @param tables tables that are otherwise than at the source, by their name there in SQL (docs/destination-tables.md)
 */
@ConfigurationProperties("cdc.sink")
public record SinkProperties(
        @DefaultValue("false") boolean createTables,
        @DefaultValue("wait") SchemaPolicy schemaChanges,
        Map<String, Table> tables) {

    public SinkProperties {
        tables = tables == null ? Map.of() : Map.copyOf(tables);
    }

    /** What to do when a table was altered at the source. */
    public enum SchemaPolicy {
        /** Columns are added, types widened, NOT NULL dropped; at anything else the table waits. */
        APPLY,
        /** The table stops there until the destination's follows; others go on. */
        WAIT,
        /** Columns that the destination's table lacks are left out, with a warning; at what would make it refuse rows the table waits. */
        IGNORE
    }

    /**
     * A table that is otherwise than at the source.
     *
     * @param table its name at the destination in SQL; that of the source if it is not set
     * @param columns the names of columns at the destination, by those at the source
     * @param schemaChanges what to do when the table was altered at the source; as for all tables if it is not set
     * @param softDelete how rows are marked that are deleted at the source; they are deleted if it is not set
     */
    public record Table(
            @Nullable String table,
            Map<String, String> columns,
            @Nullable SchemaPolicy schemaChanges,
            @Nullable SoftDelete softDelete) {

        public Table {
            columns = columns == null ? Map.of() : Map.copyOf(columns);
        }
    }

    /**
     * Columns of the destination that say that a row is deleted at the source. Unique constraints should leave such rows out.
     *
     * @param flag a boolean: true from then on
     * @param time a timestamptz: when the destination learned of it
     */
    public record SoftDelete(String flag, String time) {

        public SoftDelete {
            if (flag == null || flag.isBlank() || time == null || time.isBlank()) {
                throw new IllegalArgumentException(
                        "soft-delete needs the names of two columns of the destination: flag and time");
            }
        }
    }
}
