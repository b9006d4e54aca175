package dev.tidemark.producer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.model.TableId;
import dev.tidemark.web.settings.SettingsAutoConfiguration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.FileSystemResource;

/** A column that somebody believes to be left out is not published because of a typing error. */
class SettingsTest {

    private static final Path EXAMPLE = Path.of("../docs/examples/capture.yml");

    @ConfigurationPropertiesScan
    static class Settings {}

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withUserConfiguration(Settings.class)
            .withConfiguration(AutoConfigurations.of(SettingsAutoConfiguration.class));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cdc.capture.tables[public.t].columns.exclud",
                "cdc.capture.tables[public.t].colums.exclude",
                "cdc.capture.tables[public.t].row",
                "cdc.capture.table[public.t].columns.exclude",
                "cdc.captur.tables[public.t].columns.exclude",
                "cdc.tabels"
            })
    void theMisspeltAreRefused(String name) {
        runner.withPropertyValues("cdc.capture.hash-key=a long key: Rosebud", name + "=ssn")
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasMessageContaining(name)
                        .hasMessageNotContaining("Rosebud"));
    }

    @Test
    void theMisspeltAreRefusedInTheEnvironment() {
        runner.withInitializer(context -> context.getEnvironment()
                        .getPropertySources()
                        .addFirst(new SystemEnvironmentPropertySource(
                                "test-systemEnvironment", Map.of("CDC_CAPTURE_TABLES_T_COLUMNS_EXCLUD", "ssn"))))
                .run(context ->
                        assertThat(context).getFailure().hasMessageContaining("CDC_CAPTURE_TABLES_T_COLUMNS_EXCLUD"));
    }

    @Test
    void theExampleIsUnderstood() {
        runner.withPropertyValues("HASH_KEY=a long key: Rosebud")
                .withInitializer(SettingsTest::addExample)
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    ChoiceProperties choice = context.getBean(ChoiceProperties.class);
                    assertThat(choice.hashKey()).isEqualTo("a long key: Rosebud");
                    assertThat(choice.options())
                            .containsEntry(
                                    new TableId("public", "customers"),
                                    "{\"columns\":{\"include\":null,\"exclude\":[\"ssn\",\"notes\"],\"mask\":[\"email\"],\"hash\":[\"phone\"]},\"rows\":\"region = 'EU' AND NOT secret\",\"before\":false}")
                            .containsEntry(
                                    new TableId("public", "employees"),
                                    "{\"columns\":{\"include\":[\"first_name\",\"city\"],\"exclude\":null,\"mask\":null,\"hash\":null},\"rows\":null,\"before\":false}")
                            .containsEntry(
                                    new TableId("public", "accounts"),
                                    "{\"columns\":null,\"rows\":null,\"before\":true}");
                });
    }

    @Test
    void theExampleIsTheOneOfTheDocument() throws IOException {
        String example = Files.readString(EXAMPLE);
        assertThat(Files.readString(Path.of("../docs/capture.md")))
                .contains(example.substring(example.indexOf("cdc:")));
    }

    private static void addExample(ConfigurableApplicationContext context) {
        try {
            new YamlPropertySourceLoader()
                    .load("example", new FileSystemResource(EXAMPLE))
                    .forEach(context.getEnvironment().getPropertySources()::addLast);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
