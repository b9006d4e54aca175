package dev.tidemark.consumer.apply;

import static java.util.stream.Collectors.joining;

import dev.tidemark.consumer.apply.SinkProperties.SoftDelete;
import dev.tidemark.model.TableId;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The statements that delete rows {@code t} of a table, or mark them as deleted; keys are parameters of text[], column by column. */
final class Deletion {

    private final String statement;
    private final String using;
    private final String notYet;

    /** @param softDelete null if rows are to be gone */
    Deletion(TableId table, @Nullable SoftDelete softDelete) {
        if (softDelete == null) {
            statement = "DELETE FROM " + table.sql() + " t";
            using = " USING ";
            notYet = "";
        } else {
            String flag = TableId.quote(softDelete.flag());
            statement = "UPDATE %s t SET %s = true, %s = clock_timestamp()"
                    .formatted(table.sql(), flag, TableId.quote(softDelete.time()));
            using = " FROM ";
            notYet = " AND t." + flag + " IS NOT TRUE";
        }
    }

    /** All rows. */
    String ofAll() {
        return where("true");
    }

    /** The rows that fulfil a condition. */
    String where(String condition) {
        return statement + " WHERE " + condition + notYet;
    }

    /** What is true for rows that are not deleted yet. */
    String notYet() {
        return notYet;
    }

    /** The rows with these keys. */
    String ofKeys(List<SinkColumn> key) {
        if (key.size() == 1) {
            SinkColumn column = key.get(0);
            return where("t.%s = ANY (CAST(? AS %s[]))".formatted(column.sql(), column.type()));
        }
        return statement + using + RowSql.rows(key.size()) + " WHERE " + matches(key) + notYet;
    }

    /** Whether the row has none of these keys. */
    static String noneOf(List<SinkColumn> key) {
        return "NOT EXISTS (SELECT FROM %s WHERE %s)".formatted(RowSql.rows(key.size()), matches(key));
    }

    private static String matches(List<SinkColumn> key) {
        return IntStream.range(0, key.size())
                .mapToObj(i -> "t." + key.get(i).sql() + " = " + key.get(i).cast("u.c" + i))
                .collect(joining(" AND "));
    }
}
