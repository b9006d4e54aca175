package dev.tidemark.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.consumer.apply.SinkProperties;
import dev.tidemark.consumer.apply.SinkProperties.SchemaPolicy;
import dev.tidemark.consumer.apply.SinkProperties.SoftDelete;
import dev.tidemark.consumer.apply.SinkProperties.Table;
import dev.tidemark.web.settings.SettingsAutoConfiguration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.FileSystemResource;

class SettingsTest {

    @ConfigurationPropertiesScan
    static class Settings {}

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withUserConfiguration(Settings.class)
            .withConfiguration(AutoConfigurations.of(SettingsAutoConfiguration.class));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cdc.sink.unknown-columns",
                "cdc.sink.tables[public.t].schema-change",
                "cdc.sink.tables[public.t].softdelet.flag",
                "cdc.sink.table[public.t].table",
                "cdc.rules.file",
                "cdc.once.fail-on-deadletter"
            })
    void theMisspeltAreRefused(String name) {
        runner.withPropertyValues(name + "=ignore")
                .run(context -> assertThat(context).getFailure().hasMessageContaining(name));
    }

    @Test
    void theExampleIsUnderstood() {
        runner.withInitializer(SettingsTest::addExample).run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(context.getBean(SinkProperties.class).tables())
                    .containsOnly(
                            Map.entry(
                                    "public.customers",
                                    new Table(
                                            "crm.clients", Map.of("email", "email_address"), SchemaPolicy.APPLY, null)),
                            Map.entry(
                                    "public.orders",
                                    new Table(null, Map.of(), null, new SoftDelete("gone", "gone_at"))));
        });
    }

    private static void addExample(ConfigurableApplicationContext context) {
        try {
            new YamlPropertySourceLoader()
                    .load("example", new FileSystemResource("../docs/examples/sink-tables.yml"))
                    .forEach(context.getEnvironment().getPropertySources()::addLast);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
