package dev.tidemark.consumer.apply;

import dev.tidemark.consumer.apply.Step.RowChange;
import dev.tidemark.model.ChangeEvent;
import dev.tidemark.model.EventReader;
import dev.tidemark.model.Operation;
import dev.tidemark.model.Row;
import dev.tidemark.model.RowKey;
import dev.tidemark.model.UndecodableException;
import dev.tidemark.model.UnlimitedJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A change with another row in place of its own. The key is taken from the new row, so that it may be another one, too. */
final class EditedRow {

    private static final JsonMapper JSON = JsonMapper.builder(UnlimitedJson.FACTORY)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private EditedRow() {}

    /** @throws IllegalArgumentException if the row is not one that the change could have had */
    static RowChange of(RowChange change, String row, EventReader reader) {
        ChangeEvent event = change.event();
        if (event.operation() == Operation.DELETE) {
            throw new IllegalArgumentException("A delete has no row that could be edited");
        }
        Row edited = read(row, reader);
        requireColumns(event, edited);
        ChangeEvent changed = new ChangeEvent(
                event.operation(),
                event.table(),
                key(event, row, edited, reader),
                edited,
                event.sequence(),
                event.transactionId(),
                event.changedAtMicros(),
                0);
        return new RowChange(change.record(), changed);
    }

    private static Row read(String row, EventReader reader) {
        try {
            return reader.row(row);
        } catch (UndecodableException e) {
            throw new IllegalArgumentException("The edited row cannot be read: " + e.getMessage(), e);
        }
    }

    private static void requireColumns(ChangeEvent event, Row edited) {
        Row old = event.row();
        List<String> columns = edited.columns().names();
        if (old != null && !Set.copyOf(columns).equals(Set.copyOf(old.columns().names()))) {
            throw new IllegalArgumentException("The edited row has the columns " + columns + ", but needs all of "
                    + old.columns().names() + " and no others");
        }
    }

    /** The event's own key where its values are the same, in the form of the key or of the event's row, so that it is written the same. */
    private static RowKey key(ChangeEvent event, String row, Row values, EventReader reader) {
        RowKey own = Objects.requireNonNull(event.key());
        Row columns = reader.columns(own);
        JsonNode edited = JSON.readTree(row);
        List<String> members = new ArrayList<>();
        boolean same = true;
        for (String column : columns.columns().names()) {
            JsonNode value = edited.get(column);
            if (value == null || value.isNull()) {
                throw new IllegalArgumentException("The edited row lacks a value of the key column " + column);
            }
            String text = values.value(column);
            same = same && (Objects.equals(text, columns.value(column)) || Objects.equals(text, given(event, column)));
            members.add(JSON.writeValueAsString(column) + " : " + value);
        }
        // As PostgreSQL's json_build_object writes it.
        return same ? own : new RowKey("{" + String.join(", ", members) + "}");
    }

    private static @Nullable String given(ChangeEvent event, String column) {
        Row row = event.row();
        return row == null ? null : row.value(column);
    }
}
