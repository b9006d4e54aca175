package dev.tidemark.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** docs/configuration.md says what the code says: the tables are made of the metadata that the compiler collects from it. */
class ConfigurationDocTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    @ParameterizedTest
    @ValueSource(strings = {"producer-service", "consumer-service", "shared-web"})
    void listsEverySettingOfTheModule(String module) throws IOException {
        String document = Files.readString(ROOT.resolve("docs/configuration.md"));
        assertThat(document).contains(table(module));
    }

    private static String table(String module) throws IOException {
        Path metadata = ROOT.resolve(module).resolve("target/classes/META-INF/spring-configuration-metadata.json");
        List<String> lines = new ArrayList<>(List.of("| setting | default | meaning |", "|---|---|---|"));
        for (JsonNode property : JsonMapper.shared().readTree(metadata.toFile()).get("properties")) {
            String name = property.get("name").asString();
            if (name.startsWith("cdc.")) {
                JsonNode value = property.get("defaultValue");
                String description = property.get("description").asString();
                lines.add("| `%s` | %s | %s |"
                        .formatted(name, value == null ? "" : "`" + value.asString() + "`", description));
            }
        }
        return String.join("\n", lines);
    }
}
