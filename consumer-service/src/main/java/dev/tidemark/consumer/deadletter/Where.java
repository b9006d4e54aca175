package dev.tidemark.consumer.deadletter;

import dev.tidemark.model.TopicNames;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Conditions that all have to hold, with their parameters. */
record Where(List<String> conditions, List<String> values) {

    /** That letters are a pipeline's own: others may have the same destination. */
    static Where of(TopicNames names) {
        return new Where(new ArrayList<>(), new ArrayList<>()).and("starts_with(d.topic, ?)", names.start());
    }

    /** Adds a condition, unless there is nothing to compare with. */
    Where and(String condition, @Nullable Object value) {
        if (value != null) {
            conditions.add(condition);
            values.add(value.toString());
        }
        return this;
    }

    /** Adds that a letter's event comes after another one's. */
    Where andAfter(DeadLetterQueries.Place place) {
        conditions.add(
                "(d.topic COLLATE \"C\", d.partition, d.record_offset, d.id) > (?, CAST(? AS int), CAST(? AS bigint), CAST(? AS bigint))");
        values.addAll(List.of(
                place.partition().topic(),
                String.valueOf(place.partition().partition()),
                String.valueOf(place.offset()),
                String.valueOf(place.id())));
        return this;
    }

    /** {@code WHERE …}. */
    String sql() {
        return "WHERE " + String.join(" AND ", conditions);
    }

    /** @return the number of the next parameter */
    int bind(PreparedStatement statement, int first) throws SQLException {
        int next = first;
        for (String value : values) {
            statement.setString(next++, value);
        }
        return next;
    }
}
