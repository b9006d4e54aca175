package dev.tidemark.test;

import static java.util.stream.Collectors.joining;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * A table with a column for each of some types. Rows are written from a model of the same columns, which is made of literals in both databases, so that values
 * can be compared with it byte by byte on either side.
 */
record TypeTable(String name, List<TypeCase> types) {

    /** The ids of rows begin with the number of the way in which they were written. */
    private static final int WAY = 1000;

    private static final int LAST = -1;

    /**
     * A value: empty if the model has the same, byte by byte; its text; and a digest of its binary form as clients get it, unless that holds the numbers of objects,
     * which differ between databases.
     */
    private static final String CELL = """
            CASE WHEN record_image_eq(ROW(t.c%1$d), ROW(m.c%1$d)) THEN '' ELSE 'not ' || coalesce(left(m.c%1$d::text, 200), 'NULL') || ' but ' END
              || coalesce(left(t.c%1$d::text, 200), 'NULL')
              || CASE WHEN (SELECT oid < 16384 AND typname !~ '^_?(reg|aclitem)' FROM pg_type WHERE oid = pg_typeof(t.c%1$d))
                   THEN encode(sha256(record_send(ROW(t.c%1$d))), 'hex') ELSE '' END
            """;

    private String model() {
        return name + "_model";
    }

    /** The table; its copy is made by the consumer. */
    String ddl() {
        return "CREATE TABLE %s (id int PRIMARY KEY, %s)"
                .formatted(name, columns(i -> "c" + i + " " + types.get(i).type()));
    }

    /** The model, with the n-th value of each type in row n, and NULL after the last. */
    String modelDdl() {
        return "CREATE TABLE %1$s (id int, %2$s); INSERT INTO %1$s VALUES %3$s"
                .formatted(
                        model(),
                        columns(i -> "c" + i + " " + types.get(i).type()),
                        IntStream.range(0, rows())
                                .mapToObj(n -> "(" + n + ", "
                                        + columns(i -> types.get(i).value(n)) + ")")
                                .collect(joining(",\n")));
    }

    private int rows() {
        return 1 + types.stream().mapToInt(type -> type.values().size()).max().orElseThrow();
    }

    String insert(int way) {
        return "INSERT INTO public.%s SELECT id + %d, %s FROM public.%s"
                .formatted(name, way * WAY, columns(i -> "c" + i), model());
    }

    String insertEmpty(int way) {
        return "INSERT INTO public.%s SELECT id + %d FROM public.%s".formatted(name, way * WAY, model());
    }

    String update(int way) {
        return "UPDATE public.%s t SET %s FROM public.%s m WHERE t.id = m.id + %d"
                .formatted(name, columns(i -> "c%1$d = m.c%1$d".formatted(i)), model(), way * WAY);
    }

    String delete(int way) {
        return "DELETE FROM public.%s WHERE id / %d = %d".formatted(name, WAY, way);
    }

    /** The row that is written after all others. */
    String insertLast() {
        return "INSERT INTO public.%s VALUES (%d)".formatted(name, LAST);
    }

    boolean hasLast(TestDatabase database) {
        return database.number("SELECT count(*) FROM public.%s WHERE id = %d".formatted(name, LAST)) == 1;
    }

    private String columns(IntFunction<String> part) {
        return IntStream.range(0, types.size()).mapToObj(part).collect(joining(", "));
    }

    /** The table as it is in a database. */
    Map<String, String> cells(TestDatabase database) {
        return cells(database, name);
    }

    /** The rows that were deleted, as the log has them. */
    Map<String, String> deleted(TestDatabase source) {
        String row = columns(i -> types.get(i).read("l.data ->> 'c%d'".formatted(i)) + " AS c" + i);
        return cells(
                source,
                "(SELECT (l.key ->> 'id')::int AS id, %s FROM cdc.change_log l JOIN cdc.tracked_table k ON k.id = l.table_id WHERE k.table_name = '%s' AND l.op = 'd')"
                        .formatted(row, name));
    }

    /** All values by row and column, in a form to compare. */
    private Map<String, String> cells(TestDatabase database, String relation) {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET array_nulls = on; SET xmloption = content; SET search_path = public");
            ResultSet row = statement.executeQuery("SELECT t.id, %s FROM %s t JOIN %s m ON m.id = t.id %% %d"
                    .formatted(columns(i -> CELL.formatted(i)), relation, model(), WAY));
            Map<String, String> found = new HashMap<>();
            while (row.next()) {
                for (int i = 0; i < types.size(); i++) {
                    found.put(row.getInt(1) + "." + i, row.getString(i + 2));
                }
            }
            return found;
        } catch (SQLException e) {
            throw new IllegalStateException("could not read " + name + ": " + e.getMessage(), e);
        }
    }

    /** The values of one type that were written in one way, in their order. */
    List<String> values(Map<String, String> cells, TypeCase type, int way) {
        return IntStream.rangeClosed(0, type.values().size())
                .mapToObj(n -> cells.getOrDefault(way * WAY + n + "." + types.indexOf(type), "no row"))
                .toList();
    }
}
