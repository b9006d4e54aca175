package dev.tidemark.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The values of a row as PostgreSQL's text for them; a number is the very token that the source wrote and never passes through a double.
 */
public final class Row {

    private final Columns columns;
    private final @Nullable String[] values;

    Row(Columns columns, @Nullable String[] values) {
        this.columns = columns;
        this.values = values;
    }

    public Columns columns() {
        return columns;
    }

    /** The value of the column at this place, or null for SQL's NULL. */
    public @Nullable String value(int index) {
        return values[index];
    }

    /** @throws IllegalArgumentException if the row has no such column */
    public @Nullable String value(String column) {
        List<String> names = columns.names();
        int index = names.indexOf(column);
        if (index < 0) {
            throw new IllegalArgumentException("No column " + column + " among " + names);
        }
        return values[index];
    }

    @Override
    public String toString() {
        return "Row" + columns.names();
    }
}
