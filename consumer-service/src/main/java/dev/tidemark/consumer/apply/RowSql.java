package dev.tidemark.consumer.apply;

import static dev.tidemark.model.TableId.quote;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toSet;

import dev.tidemark.consumer.apply.SinkColumn.Filling;
import dev.tidemark.consumer.apply.SinkProperties.SoftDelete;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The statements that write many rows at once, whose columns are parameters of text[]. */
final class RowSql {

    private final List<Integer> places;
    private final String upsert;
    private final String traced;
    private final String insert;
    private final String suspects;
    private final boolean replacing;

    /** @param places where in an event's row each of the columns is */
    RowSql(
            Target target,
            List<SinkColumn> columns,
            List<Integer> places,
            List<SinkColumn> key,
            List<RefusalCondition> refusals) {
        this.places = places;
        String rows = insert(target, columns) + unnest(columns.size());
        String names = names(columns.size());
        this.insert = rows + " AS u(" + names + ")";
        this.upsert = insert + conflict(columns, key, target.softDelete());
        this.traced = rows + " WITH ORDINALITY AS u(" + names + ", ord) WHERE " + Trace.CONDITION
                + conflict(columns, key, target.softDelete());
        this.suspects = suspects(columns, refusals);
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

    /** Writes rows whether they exist or not, one after the other, and leaves a {@link Trace}. */
    String traced() {
        return traced;
    }

    /** Finds the rows that would be refused, as far as that can be told beforehand: their numbers, from 1. Empty if there is nothing to look for. */
    String suspects() {
        return suspects;
    }

    /** Writes rows that do not exist. */
    String insert() {
        return insert;
    }

    /** Whether rows can only be inserted, since a column refuses to be updated. */
    boolean replacing() {
        return replacing;
    }

    /** A row that is written is not, or no longer, deleted. */
    private static String insert(Target target, List<SinkColumn> columns) {
        SoftDelete soft = target.softDelete();
        String names = columns.stream().map(SinkColumn::sql).collect(joining(", "));
        String values = IntStream.range(0, columns.size())
                .mapToObj(i -> columns.get(i).exactly("u.c" + i))
                .collect(joining(", "));
        return "INSERT INTO %s AS t (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM "
                .formatted(
                        target.table().sql(),
                        soft == null ? names : names + ", " + quote(soft.flag()) + ", " + quote(soft.time()),
                        soft == null ? values : values + ", false, NULL");
    }

    private static String suspects(List<SinkColumn> columns, List<RefusalCondition> refusals) {
        Set<String> names = columns.stream().map(SinkColumn::name).collect(toSet());
        Stream<String> conditions = refusals.stream()
                .filter(refusal -> names.containsAll(refusal.columns()))
                .map(RefusalCondition::sql);
        Stream<String> lengths = columns.stream()
                .filter(column -> column.maxLength() > 0)
                .map(column -> "length(" + column.sql() + ") > " + column.maxLength());
        String where = Stream.concat(conditions, lengths).collect(joining(" OR "));
        String values = IntStream.range(0, columns.size())
                .mapToObj(i ->
                        columns.get(i).cast("u.c" + i) + " AS " + columns.get(i).sql())
                .collect(joining(", "));
        return where.isEmpty()
                ? ""
                : "SELECT \"$place\" FROM (SELECT u.ord AS \"$place\", %s FROM %s WITH ORDINALITY AS u(%s, ord)) t WHERE %s"
                        .formatted(values, unnest(columns.size()), names(columns.size()), where);
    }

    private static String conflict(List<SinkColumn> columns, List<SinkColumn> key, @Nullable SoftDelete soft) {
        String keyNames = key.stream().map(SinkColumn::sql).collect(joining(", "));
        Stream<String> written = columns.stream()
                .filter(column -> !key.contains(column) || column.hasForms())
                .map(SinkColumn::sql);
        Stream<String> marks = soft == null ? Stream.of() : Stream.of(quote(soft.flag()), quote(soft.time()));
        String changes = Stream.concat(written, marks)
                .map(column -> column + " = EXCLUDED." + column)
                .collect(joining(", "));
        return " ON CONFLICT (" + keyNames + ") DO " + (changes.isEmpty() ? "NOTHING" : "UPDATE SET " + changes);
    }

    /** Rows made of parameters, with the columns u.c0, u.c1 … */
    static String rows(int columns) {
        return unnest(columns) + " AS u(" + names(columns) + ")";
    }

    private static String unnest(int columns) {
        return "unnest(" + IntStream.range(0, columns).mapToObj(i -> "?").collect(joining(", ")) + ")";
    }

    private static String names(int columns) {
        return IntStream.range(0, columns).mapToObj(i -> "c" + i).collect(joining(", "));
    }
}
