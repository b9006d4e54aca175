package dev.tidemark.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * The key of a row: a JSON object of the key's columns in key order. The source writes equal keys with equal text, so that this text can stand for the key.
 *
 * @param json the object, as it stands in the key of the Kafka record
 */
public record RowKey(@JsonValue String json) {

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public RowKey {}

    @Override
    public String toString() {
        return json;
    }
}
