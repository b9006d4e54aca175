package dev.tidemark.model;

import java.util.List;

/**
 * The names of a row's columns, in order. Rows of the same shape share one instance, so that comparing shapes is cheap.
 *
 * @param names the names as the database spells them
 */
public record Columns(List<String> names) {

    public Columns {
        names = List.copyOf(names);
    }

    public int size() {
        return names.size();
    }
}
