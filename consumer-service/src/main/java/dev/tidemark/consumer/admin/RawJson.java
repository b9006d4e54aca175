package dev.tidemark.consumer.admin;

import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.tidemark.model.UnlimitedJson;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;

/** JSON that is passed on as it stands: no number goes through a double, and none loses its zeros. */
record RawJson(@JsonValue @JsonRawValue String text) {

    private static final JsonFactory UNAMBIGUOUS = UnlimitedJson.FACTORY
            .rebuild()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** @throws IllegalArgumentException if the text is not one JSON value */
    static RawJson parse(String text) {
        return parse(text, UnlimitedJson.FACTORY);
    }

    /** What somebody has written by hand: an object that names a member twice is not taken for what it says last. */
    static RawJson parseUnambiguous(String text) {
        return parse(text, UNAMBIGUOUS);
    }

    private static RawJson parse(String text, JsonFactory factory) {
        try (JsonParser json = factory.createParser(text)) {
            if (json.nextToken() == null) {
                throw new IllegalArgumentException("it is empty");
            }
            json.skipChildren();
            if (json.nextToken() != null) {
                throw new IllegalArgumentException("there is more behind its end");
            }
            return new RawJson(text);
        } catch (JacksonException e) {
            throw new IllegalArgumentException(e.getOriginalMessage(), e);
        }
    }

    /** The text as JSON if it is that, and as a string if it is not. */
    static RawJson orString(String text) {
        try {
            return parse(text);
        } catch (IllegalArgumentException e) {
            return string(text);
        }
    }

    static RawJson string(String text) {
        return new RawJson(JsonMapper.shared().writeValueAsString(text));
    }

    boolean isNull() {
        return text.strip().equals("null");
    }

    boolean isScalar() {
        return !text.strip().startsWith("{") && !text.strip().startsWith("[");
    }

    /**
     * The members of an object, in their order.
     *
     * @throws IllegalArgumentException if this is no object
     */
    Map<String, RawJson> members() {
        Map<String, RawJson> members = new LinkedHashMap<>();
        try (JsonParser json = UnlimitedJson.FACTORY.createParser(text)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("it is no JSON object");
            }
            for (String name = json.nextName(); name != null; name = json.nextName()) {
                json.nextToken();
                int from = (int) json.currentTokenLocation().getCharOffset();
                json.skipChildren();
                json.finishToken();
                int to = (int) json.currentLocation().getCharOffset();
                members.put(name, new RawJson(text.substring(from, to)));
            }
        }
        return members;
    }

    /** Whether both stand for the same value of a column: 1.0 and 1.00 do, and 1 and "1". */
    boolean isSameValue(RawJson other) {
        if (isNull() || other.isNull()) {
            return isNull() && other.isNull();
        }
        String one = scalar();
        String another = other.scalar();
        BigDecimal number = number(one);
        BigDecimal otherNumber = number(another);
        if (number == null || otherNumber == null || isString() && other.isString()) {
            return one.equals(another);
        }
        return number.compareTo(otherNumber) == 0;
    }

    private boolean isString() {
        return text.startsWith("\"");
    }

    private String scalar() {
        if (!isString()) {
            return text;
        }
        try (JsonParser json = UnlimitedJson.FACTORY.createParser(text)) {
            json.nextToken();
            return json.getString();
        }
    }

    private static @Nullable BigDecimal number(String text) {
        try {
            return new BigDecimal(text);
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
