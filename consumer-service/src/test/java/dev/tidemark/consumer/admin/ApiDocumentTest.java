package dev.tidemark.consumer.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.apidocs.ApiDocument;
import dev.tidemark.consumer.ConsumerApplication;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

class ApiDocumentTest {

    @Test
    void documentIsWhatTheServiceAnswersTo() throws Exception {
        new ApiDocument(ConsumerApplication.class, "consumer-service")
                .withAnyJson(RawJson.class)
                .check();
    }

    /** Which a controller takes from the request itself, so that nothing else sees them. */
    @Test
    void documentHasEveryFilter() throws IOException {
        try (InputStream file = getClass().getResourceAsStream("/openapi/operations.yaml")) {
            Map<String, Map<String, Map<String, Map<String, Object>>>> described = new Yaml().load(file);
            assertThat(described
                            .get("operations")
                            .get("POST /admin/dead-letters/replay")
                            .get("parameters"))
                    .containsOnlyKeys(FilterParameters.FILTERS);
        }
    }
}
