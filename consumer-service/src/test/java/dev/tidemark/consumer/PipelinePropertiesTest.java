package dev.tidemark.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class PipelinePropertiesTest {

    private static PipelineProperties bind(Map<String, Object> environment) {
        StandardEnvironment all = new StandardEnvironment();
        all.getPropertySources().addFirst(new SystemEnvironmentPropertySource("test-systemEnvironment", environment));
        ConfigurationPropertySources.attach(all);
        return Binder.get(all).bindOrCreate("cdc", PipelineProperties.class);
    }

    @Test
    void takesNameAndPrefixFromTheEnvironment() {
        PipelineProperties properties = bind(Map.of("CDC_PIPELINE_NAME", "hr", "CDC_TOPIC_PREFIX", "hr-prod"));
        assertThat(properties.pipeline().name()).isEqualTo("hr");
        assertThat(properties.topicNames().prefix()).isEqualTo("hr-prod");
    }

    @Test
    void takesThePipelinesNameForPrefix() {
        assertThat(bind(Map.of("CDC_PIPELINE_NAME", "hr")).topicNames().prefix())
                .isEqualTo("hr");
        assertThat(bind(Map.of()).topicNames().prefix()).isEqualTo("tidemark");
    }

    @Test
    void refusesPrefixThatKafkaWouldNotTake() {
        assertThatThrownBy(() -> bind(Map.of("CDC_PIPELINE_NAME", "a.b")).topicNames())
                .hasMessageContaining("a.b");
    }
}
