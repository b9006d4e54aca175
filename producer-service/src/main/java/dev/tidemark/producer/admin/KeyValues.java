package dev.tidemark.producer.admin;

import dev.tidemark.web.BadParameterException;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The values of a key, as JSON has them. */
final class KeyValues {

    private KeyValues() {}

    /** @throws BadParameterException if a value has no exact text */
    static @Nullable Map<String, String> texts(String parameter, @Nullable Map<String, @Nullable Object> values) {
        if (values == null) {
            return null;
        }
        Map<String, String> texts = new LinkedHashMap<>();
        values.forEach((column, value) -> texts.put(column, text(parameter, value)));
        return texts;
    }

    /** What is no whole number has gone through a double. */
    private static String text(String parameter, @Nullable Object value) {
        if (value instanceof String
                || value instanceof Integer
                || value instanceof Long
                || value instanceof BigInteger
                || value instanceof Boolean) {
            return value.toString();
        }
        throw new BadParameterException(
                parameter,
                "write it as the key's columns with their values, as in {\"id\":100}; other values than text, whole numbers and booleans as text");
    }
}
