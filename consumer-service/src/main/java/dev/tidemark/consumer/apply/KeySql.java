package dev.tidemark.consumer.apply;

import static java.util.stream.Collectors.joining;

import dev.tidemark.model.TableId;
import java.util.List;
import java.util.stream.IntStream;

/** The statements that delete many rows at once by their keys, whose columns are parameters of text[]. */
final class KeySql {

    private KeySql() {}

    /** Deletes the rows with these keys. */
    static String delete(TableId table, List<SinkColumn> key) {
        if (key.size() == 1) {
            SinkColumn column = key.get(0);
            return "DELETE FROM %s t WHERE t.%s = ANY (CAST(? AS %s[]))"
                    .formatted(table.sql(), column.sql(), column.type());
        }
        return "DELETE FROM %s t USING %s WHERE %s".formatted(table.sql(), RowSql.rows(key.size()), matches(key));
    }

    /** Deletes the rows of a range that have none of these keys. */
    static String deleteOthers(TableId table, List<SinkColumn> key, String range) {
        return "DELETE FROM %s t WHERE %s AND %s".formatted(table.sql(), range, noneOf(key));
    }

    /** Whether the row {@code t} has none of these keys. */
    static String noneOf(List<SinkColumn> key) {
        return "NOT EXISTS (SELECT FROM %s WHERE %s)".formatted(RowSql.rows(key.size()), matches(key));
    }

    private static String matches(List<SinkColumn> key) {
        return IntStream.range(0, key.size())
                .mapToObj(i -> "t." + key.get(i).sql() + " = " + key.get(i).cast("u.c" + i))
                .collect(joining(" AND "));
    }
}
