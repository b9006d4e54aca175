package dev.tidemark.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.model.TableId;
import dev.tidemark.producer.capture.Pipeline;
import dev.tidemark.producer.source.CaptureChoice;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class PipelinePropertiesTest {

    @Test
    void areReadFromTheEnvironment() {
        Pipeline pipeline = bind(Map.of(
                "CDC_PIPELINE_NAME",
                "shop",
                "CDC_TOPIC_PREFIX",
                "s1",
                "CDC_TABLES",
                "public.employees,\"My Schema\".\"a,b\", Orders"));

        assertThat(pipeline.name()).isEqualTo("shop");
        assertThat(pipeline.topics().prefix()).isEqualTo("s1");
        assertThat(pipeline.tables())
                .containsExactly(
                        new TableId("public", "employees"),
                        new TableId("My Schema", "a,b"),
                        new TableId("public", "orders"));
    }

    @Test
    void takeUniqueIndexesForKeys() {
        assertThat(bind(Map.of("CDC_KEYS", "public.orders=orders_code_key, \"a=b,c\".D = \"Key = 1\""))
                        .choices())
                .isEqualTo(Map.of(
                        new TableId("public", "orders"),
                        new CaptureChoice("orders_code_key", null),
                        new TableId("a=b,c", "d"),
                        new CaptureChoice("Key = 1", null)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"orders", "a=b=c", "a,b=c"})
    void refuseWhatIsNoKey(String keys) {
        assertThatThrownBy(() -> bind(Map.of("CDC_KEYS", keys))).hasMessageContainingAll("write ", keys.split(",")[0]);
    }

    @Test
    void nameTopicsAfterThePipelineByDefault() {
        Pipeline pipeline = bind(Map.of());
        assertThat(pipeline.topics().prefix()).isEqualTo("tidemark");
        assertThat(pipeline.tables()).isEmpty();
    }

    @Test
    void refuseTablesThatWouldShareATopic() {
        assertThatThrownBy(() -> bind(Map.of("CDC_TABLES", "\"a.b\",a_b")))
                .hasMessageContaining("share the topic tidemark.public.a_b")
                .hasMessageContaining("public.\"a.b\"");
    }

    @Test
    void refuseWhatIsNoTableName() {
        assertThatThrownBy(() -> bind(Map.of("CDC_TABLES", "a b"))).hasMessageContaining("list of table names");
    }

    @Test
    void nameTopicsWhateverTheTablesAre() {
        assertThat(properties(Map.of("CDC_TABLES", "\"a.b\",a_b", "CDC_KEYS", "?"))
                        .topicNames()
                        .prefix())
                .isEqualTo("tidemark");
    }

    private static Pipeline bind(Map<String, Object> variables) {
        return properties(variables).toPipeline("1", Map.of());
    }

    private static PipelineProperties properties(Map<String, Object> variables) {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .addFirst(new SystemEnvironmentPropertySource("test-systemEnvironment", variables));
        ConfigurationPropertySources.attach(environment);
        return Binder.get(environment).bindOrCreate("cdc", PipelineProperties.class);
    }
}
