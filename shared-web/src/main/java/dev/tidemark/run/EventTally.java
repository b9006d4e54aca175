package dev.tidemark.run;

import dev.tidemark.model.Operation;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** How many events of each table a run has handled. Not safe for use by several threads. */
public final class EventTally {

    private final Map<String, long[]> tables = new TreeMap<>();

    public void add(String table, Operation operation, long events) {
        tables.computeIfAbsent(table, name -> new long[Operation.values().length])[operation.ordinal()] += events;
    }

    public long total() {
        return tables.values().stream().flatMapToLong(Arrays::stream).sum();
    }

    /** A line for each table, and one above them; nothing if there are no tables. */
    @Override
    public String toString() {
        if (tables.isEmpty()) {
            return "";
        }
        int width = tables.keySet().stream().mapToInt(String::length).max().orElse(0);
        String row = "%n  %-" + Math.max(width, "table".length()) + "s %12s %12s %12s %12s %12s";
        StringBuilder text =
                new StringBuilder(row.formatted("table", "snapshot", "inserted", "updated", "deleted", "truncated"));
        tables.forEach((table, counts) -> text.append(row.formatted(
                table,
                counts[Operation.READ.ordinal()],
                counts[Operation.CREATE.ordinal()],
                counts[Operation.UPDATE.ordinal()],
                counts[Operation.DELETE.ordinal()],
                counts[Operation.TRUNCATE.ordinal()])));
        return text.toString();
    }
}
