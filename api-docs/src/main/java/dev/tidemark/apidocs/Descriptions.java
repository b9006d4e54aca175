package dev.tidemark.apidocs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.Yaml;

/**
 * What a service's {@code openapi/operations.yaml} says beyond its code: for each operation, by method and path, its examples, and what is refused. Parameters that
 * a controller takes from the request itself, and bodies that it reads by itself, are described there too.
 */
final class Descriptions {

    private static final String FILE = "/openapi/operations.yaml";

    private final Map<String, Object> service;
    private final Map<String, Map<String, Object>> operations;
    private final Set<String> undescribed = new TreeSet<>();
    private final Set<String> unused;

    private Descriptions(Map<String, Object> service) {
        this.service = service;
        this.operations = map(service.get("operations"));
        this.unused = new TreeSet<>(operations.keySet());
    }

    static Descriptions read() throws IOException {
        try (InputStream file = Descriptions.class.getResourceAsStream(FILE)) {
            return new Descriptions(new Yaml().load(file));
        }
    }

    Map<String, Object> service() {
        return service;
    }

    /** @param operation such as {@code GET /admin/status} */
    Map<String, Object> of(String operation) {
        unused.remove(operation);
        Map<String, Object> description = operations.get(operation);
        if (description == null) {
            undescribed.add(operation);
            return Map.of();
        }
        return description;
    }

    void requireComplete() {
        assertThat(undescribed)
                .as("operations without a description in %s", FILE)
                .isEmpty();
        assertThat(unused).as("descriptions of operations that do not exist").isEmpty();
    }

    @SuppressWarnings("unchecked")
    static <T> Map<String, T> map(@Nullable Object map) {
        return map == null ? Map.of() : (Map<String, T>) map;
    }

    static @Nullable String text(Map<String, Object> map, String key) {
        Object text = map.get(key);
        return text == null ? null : text.toString();
    }
}
