package dev.tidemark.test;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What RisingWave makes of a topic by {@code FORMAT DEBEZIUM ENCODE JSON}, by the rules of its parser: {@code parser/unified/debezium.rs} (what a record does),
 * {@code parser/unified/json.rs} with the options for Debezium (how a value is read), {@code parser/chunk_builder.rs} (what a value that cannot be read does).
 */
final class RisingWaveReader {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final ReaderDdl ddl;
    private final List<String> key;
    private final Map<List<String>, Map<String, String>> rows = new LinkedHashMap<>();
    private final List<GoldenTopic> skipped = new ArrayList<>();

    RisingWaveReader(ReaderDdl ddl, String... key) {
        this.ddl = ddl;
        this.key = List.of(key);
    }

    /** The rows of its table, without what is NULL. */
    List<Map<String, String>> rows() {
        return List.copyOf(rows.values());
    }

    /** What it has passed over with an error in its log. */
    List<GoldenTopic> skipped() {
        return skipped;
    }

    void read(GoldenTopic message) {
        try {
            apply(message);
        } catch (IllegalArgumentException e) {
            skipped.add(message);
        }
    }

    private void apply(GoldenTopic message) {
        if (message.value() == null) {
            rows.remove(key(JSON.readTree(message.key())));
            return;
        }
        JsonNode envelope = JSON.readTree(message.value());
        switch (envelope.path("op").asString("")) {
            case "r", "c", "u" -> rows.put(key(envelope.path("after")), row(envelope.path("after")));
            case "d" -> rows.remove(key(envelope.path("before")));
            default -> throw new IllegalArgumentException("unknown op");
        }
    }

    private List<String> key(JsonNode row) {
        return key.stream().map(column -> keyValue(row, column)).toList();
    }

    private String keyValue(JsonNode row, String column) {
        String value = row.has(column) ? value(ddl.columns().get(column), row.path(column)) : null;
        if (value == null) {
            throw new IllegalArgumentException("no " + column);
        }
        return value;
    }

    private Map<String, String> row(JsonNode json) {
        Map<String, String> row = new LinkedHashMap<>();
        ddl.columns().forEach((column, type) -> {
            String value = orNull(type, json.path(column));
            if (value != null) {
                row.put(column, value);
            }
        });
        return row;
    }

    private static @Nullable String orNull(String type, JsonNode json) {
        try {
            return value(type, json);
        } catch (RuntimeException e) {
            return null;
        }
    }

    private static @Nullable String value(String type, JsonNode json) {
        if (json.isNull()) {
            return null;
        }
        return switch (type) {
            case "bigint", "smallint" -> Long.toString(json.longValue());
            case "numeric" -> numeric(json).toPlainString();
            case "double precision" -> Double.toString(json.doubleValue());
            case "boolean" -> Boolean.toString(json.booleanValue());
            case "varchar" -> json.stringValue();
            case "date" -> LocalDate.parse(json.stringValue()).toString();
            case "time" -> LocalTime.parse(json.stringValue()).toString();
            case "timestamp" -> LocalDateTime.parse(json.stringValue()).toString();
            case "timestamptz" ->
                OffsetDateTime.parse(json.stringValue()).toInstant().toString();
            case "jsonb" -> JSON.readTree(json.stringValue()).toString();
            default -> throw new IllegalArgumentException(type);
        };
    }

    /** A number with a point is a double by then. */
    private static BigDecimal numeric(JsonNode json) {
        if (json.isString()) {
            return new BigDecimal(json.stringValue());
        }
        return json.isIntegralNumber() ? json.decimalValue() : BigDecimal.valueOf(json.doubleValue());
    }
}
