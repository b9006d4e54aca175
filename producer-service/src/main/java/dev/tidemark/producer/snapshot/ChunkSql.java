package dev.tidemark.producer.snapshot;

import static java.util.stream.Collectors.joining;

import dev.tidemark.model.Marker.ColumnType;
import dev.tidemark.model.TableId;
import dev.tidemark.producer.snapshot.SnapshotProperties.KeyOrder;
import dev.tidemark.producer.source.TrackedTable;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** The statements that read a table in the order of its key. */
final class ChunkSql {

    private static final String ROWS = """
            SELECT k, CASE WHEN octet_length(d) <= %d THEN d END, octet_length(d)
            FROM (SELECT (%s)::text AS k, (%s)::text AS d FROM %s t WHERE %s AND (%s) ORDER BY %s LIMIT ?) chunk
            """;

    private final TrackedTable table;
    private final CapturedRows rows;
    private final List<ColumnType> key;
    private final Set<String> collated;
    private final boolean bytewise;

    /** @param collated the columns of the key that have a collation */
    ChunkSql(TrackedTable table, CapturedRows rows, List<ColumnType> key, KeyOrder order, Set<String> collated) {
        this.table = table;
        this.rows = rows;
        this.key = key;
        this.collated = collated;
        this.bytewise = order == KeyOrder.C && !collated.isEmpty();
    }

    boolean ordersByBytes() {
        return bytewise;
    }

    /** The rows after a key and up to another, whose columns are the first parameters as text; the last parameter is how many. */
    String rows(boolean afterKey, boolean upToKey, int inlineBytes) {
        String after = afterKey ? compared(">") : "true";
        String where = upToKey ? after + " AND " + compared("<=") : after;
        return ROWS.formatted(
                inlineBytes,
                table.keyExpression(),
                rows.expression(),
                rows.table(),
                where,
                rows.condition(),
                list(this::column));
    }

    /** The row with a key, whose columns are the parameters as text. */
    String row() {
        return "SELECT (%s)::text FROM %s t WHERE (%s) = (%s)"
                .formatted(rows.expression(), rows.table(), list(this::plainColumn), list(this::parameter));
    }

    private String compared(String operator) {
        return "(" + list(this::column) + ") " + operator + " (" + list(this::parameter) + ")";
    }

    private String list(Function<ColumnType, String> part) {
        return key.stream().map(part).collect(joining(", "));
    }

    private String column(ColumnType column) {
        return plainColumn(column) + (bytewise && collated.contains(column.name()) ? " COLLATE \"C\"" : "");
    }

    private String plainColumn(ColumnType column) {
        return "t." + TableId.quote(column.name());
    }

    /** The cast is to the column's own type, so that the comparison is the key's own. */
    private String parameter(ColumnType column) {
        return "CAST(?::text AS " + column.type() + ")";
    }
}
