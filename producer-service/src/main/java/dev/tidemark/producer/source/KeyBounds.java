package dev.tidemark.producer.source;

import static java.util.stream.Collectors.joining;

import dev.tidemark.model.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** The ends of a range of a table's keys, as somebody has written them: checked by the source itself, and written as it writes its keys. */
final class KeyBounds {

    /** Without its length or precision a type takes values that the column cannot have, which a cast to the column's type would change. */
    private static final String TYPES = """
            SELECT format_type(a.atttypid, a.atttypmod), format_type(a.atttypid, -1)
            FROM unnest(?::text[]) WITH ORDINALITY k(name, place) JOIN pg_attribute a ON a.attrelid = to_regclass(?) AND a.attname = k.name
            ORDER BY k.place
            """;

    private record Type(String exact, String wide) {}

    private final Connection connection;
    private final TrackedTable table;
    private final Map<String, Type> types = new LinkedHashMap<>();

    KeyBounds(Connection connection, TrackedTable table) throws SQLException {
        this.connection = connection;
        this.table = table;
        try (PreparedStatement statement = connection.prepareStatement(TYPES)) {
            statement.setArray(
                    1, connection.createArrayOf("text", table.keyColumns().toArray()));
            statement.setString(2, table.id().sql());
            try (ResultSet row = statement.executeQuery()) {
                for (String column : table.keyColumns()) {
                    if (row.next()) {
                        types.put(column, new Type(row.getString(1), row.getString(2)));
                    }
                }
            }
        }
    }

    /**
     * @param after each column of the key with its value as text; null for the table's begin
     * @param upTo likewise; null for the table's end
     * @throws BadKeyException if one is no key of the table, or the range is empty
     */
    CopyRange range(@Nullable Map<String, String> after, @Nullable Map<String, String> upTo) throws SQLException {
        String first = key("after", after);
        String last = key("upTo", upTo);
        if (after != null && upTo != null && !isBefore(after, upTo)) {
            throw new BadKeyException("after", "it has to be before upTo, in the order of the key");
        }
        return Objects.requireNonNull(CopyRange.of(first, last));
    }

    private @Nullable String key(String name, @Nullable Map<String, String> values) throws SQLException {
        if (values == null) {
            return null;
        }
        if (!Set.copyOf(table.keyColumns()).equals(values.keySet())) {
            throw new BadKeyException(
                    name,
                    "it has to have the columns of the key of " + table.id() + ", which are " + table.keyColumns());
        }
        String sql = "SELECT (%s)::text, (%s) IS NOT DISTINCT FROM (%s) FROM (SELECT %s) t"
                .formatted(
                        table.keyExpression(),
                        list((column, type) -> "t." + TableId.quote(column)),
                        list((column, type) -> "CAST(?::text AS " + type.wide() + ")"),
                        list((column, type) -> "CAST(?::text AS " + type.exact() + ") AS " + TableId.quote(column)));
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, values, bind(statement, values, 0));
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                if (!row.getBoolean(2)) {
                    throw new BadKeyException(name, "the columns " + types() + " cannot have these values");
                }
                return row.getString(1);
            }
        } catch (SQLException e) {
            if (String.valueOf(e.getSQLState()).startsWith("22")) {
                throw new BadKeyException(name, String.valueOf(e.getMessage()));
            }
            throw e;
        }
    }

    private boolean isBefore(Map<String, String> after, Map<String, String> upTo) throws SQLException {
        String key = list((column, type) -> "CAST(?::text AS " + type.exact() + ")");
        try (PreparedStatement statement = connection.prepareStatement("SELECT (" + key + ") < (" + key + ")")) {
            bind(statement, upTo, bind(statement, after, 0));
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    private int bind(PreparedStatement statement, Map<String, String> values, int bound) throws SQLException {
        int last = bound;
        for (String column : table.keyColumns()) {
            statement.setString(++last, values.get(column));
        }
        return last;
    }

    private String types() {
        return list((column, type) -> column + " " + type.exact());
    }

    private String list(BiFunction<String, Type, String> part) {
        return types.entrySet().stream()
                .map(column -> part.apply(column.getKey(), column.getValue()))
                .collect(joining(", "));
    }
}
