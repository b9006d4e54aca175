package dev.tidemark.test;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What Materialize makes of a topic by {@code KEY FORMAT TEXT VALUE FORMAT JSON ENVELOPE UPSERT}, and the view of docs/readers.md of that, by the rules of its
 * documentation, doc/user/content/sql/create-source/kafka.md: "Upsert envelope" and "Null keys".
 */
final class MaterializeReader {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Map<String, JsonNode> source = new LinkedHashMap<>();
    private boolean nullKey;

    void read(GoldenTopic message) {
        if (message.key() == null) {
            nullKey = message.value() != null;
        } else if (message.value() == null) {
            source.remove(message.key());
        } else {
            source.put(message.key(), JSON.readTree(message.value()));
        }
    }

    /** How many keys it remembers. */
    int size() {
        return source.size();
    }

    /** The rows of the view, as JSON. */
    List<JsonNode> rows() {
        if (nullKey) {
            throw new IllegalStateException("record with NULL key in UPSERT source");
        }
        return source.values().stream()
                .filter(data -> !data.path("op").asString("").equals("d"))
                .map(data -> data.path("after"))
                .toList();
    }
}
