package dev.tidemark.consumer.apply;

import static java.util.stream.Collectors.joining;

import dev.tidemark.consumer.apply.SinkColumn.Filling;
import dev.tidemark.model.TableId;
import java.util.List;
import java.util.stream.IntStream;

/** The statements that write many rows at once, whose columns are parameters of text[]. */
final class RowSql {

    private final List<Integer> places;
    private final String upsert;
    private final String insert;
    private final boolean replacing;

    /** @param places where in an event's row each of the columns is */
    RowSql(TableId table, List<SinkColumn> columns, List<Integer> places, List<SinkColumn> key) {
        this.places = places;
        this.insert = insert(table, columns);
        this.upsert = insert + conflict(columns, key);
        this.replacing =
                columns.stream().anyMatch(column -> column.filling() == Filling.IDENTITY && !key.contains(column));
    }

    List<Integer> places() {
        return places;
    }

    /** Writes rows whether they exist or not. */
    String upsert() {
        return upsert;
    }

    /** Writes rows that do not exist. */
    String insert() {
        return insert;
    }

    /** Whether rows can only be inserted, since a column refuses to be updated. */
    boolean replacing() {
        return replacing;
    }

    private static String insert(TableId table, List<SinkColumn> columns) {
        String names = columns.stream().map(SinkColumn::sql).collect(joining(", "));
        String values = IntStream.range(0, columns.size())
                .mapToObj(i -> columns.get(i).exactly("u.c" + i))
                .collect(joining(", "));
        return "INSERT INTO %s AS t (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM %s"
                .formatted(table.sql(), names, values, unnest(columns.size()));
    }

    private static String conflict(List<SinkColumn> columns, List<SinkColumn> key) {
        String keyNames = key.stream().map(SinkColumn::sql).collect(joining(", "));
        String changes = columns.stream()
                .filter(column -> !key.contains(column))
                .map(column -> column.sql() + " = EXCLUDED." + column.sql())
                .collect(joining(", "));
        return " ON CONFLICT (" + keyNames + ") DO " + (changes.isEmpty() ? "NOTHING" : "UPDATE SET " + changes);
    }

    /** Rows made of parameters, with the columns u.c0, u.c1 … */
    static String unnest(int columns) {
        String parameters = IntStream.range(0, columns).mapToObj(i -> "?").collect(joining(", "));
        String names = IntStream.range(0, columns).mapToObj(i -> "c" + i).collect(joining(", "));
        return "unnest(" + parameters + ") AS u(" + names + ")";
    }
}
