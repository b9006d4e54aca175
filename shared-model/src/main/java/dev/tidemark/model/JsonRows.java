package dev.tidemark.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads JSON objects of scalars as rows. Remembers the shape of the last row, which the next one nearly always has too. Not safe for use by several threads.
 */
final class JsonRows {

    private Columns last = new Columns(List.of());

    /** Reads the object whose start the parser stands on. */
    Row read(JsonParser json) {
        List<String> names = last.names();
        @Nullable String[] values = new @Nullable String[names.size()];
        int count = 0;
        List<String> other = null;
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            if (other == null && (count >= names.size() || !names.get(count).equals(name))) {
                other = new ArrayList<>(names.subList(0, count));
            }
            if (other != null) {
                other.add(name);
            }
            if (count == values.length) {
                values = Arrays.copyOf(values, Math.max(8, count * 2));
            }
            values[count++] = scalar(json);
        }
        if (json.currentToken() != JsonToken.END_OBJECT) {
            throw new UndecodableException("a row is not closed", null);
        }
        if (other != null || count != names.size()) {
            last = new Columns(other != null ? other : names.subList(0, count));
            values = Arrays.copyOf(values, count);
        }
        return new Row(last, values);
    }

    private static @Nullable String scalar(JsonParser json) {
        JsonToken token = json.nextToken();
        if (token == JsonToken.VALUE_NULL) {
            return null;
        }
        if (token == null || !token.isScalarValue()) {
            throw new UndecodableException("column " + json.currentName() + " is no scalar", null);
        }
        return json.getString();
    }
}
