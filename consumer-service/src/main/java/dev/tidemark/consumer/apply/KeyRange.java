package dev.tidemark.consumer.apply;

import static java.util.stream.Collectors.joining;

import dev.tidemark.model.EventReader;
import dev.tidemark.model.Marker.ChunkStart;
import dev.tidemark.model.Row;
import dev.tidemark.model.RowKey;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The rows of a table, {@code t}, whose keys lie in the range of a chunk: the same ones as at the source, since text is ordered alike or the range refused. */
final class KeyRange {

    /** Orders text by its bytes, which is the same everywhere. */
    private static final String BYTEWISE = "C";

    private final ChunkStart chunk;
    private final List<SinkColumn> key;
    private final EventReader reader;

    /** @throws EnvironmentException if the destination orders the key in another way than the source */
    KeyRange(ChunkStart chunk, List<SinkColumn> key, EventReader reader) {
        this.chunk = chunk;
        this.key = key;
        this.reader = reader;
        if (chunk.after() != null || chunk.upTo() != null) {
            key.forEach(this::requireSameOrder);
        }
    }

    /** A condition; it has the range's bounds as parameters. */
    String sql() {
        List<String> conditions = new ArrayList<>(List.of("true"));
        if (chunk.after() != null) {
            conditions.add(list(this::ordered) + " > " + list(column -> column.cast("?::text")));
        }
        if (chunk.upTo() != null) {
            conditions.add(list(this::ordered) + " <= " + list(column -> column.cast("?::text")));
        }
        return String.join(" AND ", conditions);
    }

    /** @return the number of the next parameter */
    int bind(PreparedStatement statement, int first) throws SQLException {
        return bind(statement, bind(statement, first, chunk.after()), chunk.upTo());
    }

    private int bind(PreparedStatement statement, int first, @Nullable RowKey bound) throws SQLException {
        if (bound == null) {
            return first;
        }
        Row columns = reader.columns(bound);
        for (int i = 0; i < key.size(); i++) {
            statement.setString(first + i, columns.value(key.get(i).source()));
        }
        return first + key.size();
    }

    private String list(Function<SinkColumn, String> part) {
        return "(" + key.stream().map(part).collect(joining(", ")) + ")";
    }

    private String ordered(SinkColumn column) {
        return "t." + column.sql() + (BYTEWISE.equals(chunk.collations().get(column.source())) ? " COLLATE \"C\"" : "");
    }

    private void requireSameOrder(SinkColumn column) {
        String order = chunk.collations().get(column.source());
        if (order != null && !order.equals(BYTEWISE) && !order.equals(column.order())) {
            throw new EnvironmentException(
                    "The key column %s of %s is ordered by %s at the source and by %s at the destination, so that a range of keys is not the same rows on both: %s"
                            .formatted(column.sql(), chunk.tableId(), order, column.order(), remedy(order)));
        }
    }

    private static String remedy(String order) {
        return order.startsWith("enum:")
                ? "give the type the same labels in the same order"
                : "give the column the same collation, or set cdc.snapshot.key-order=C for the producer and take a new snapshot";
    }
}
