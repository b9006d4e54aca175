package dev.tidemark.producer;

import dev.tidemark.model.DatabaseUrl;
import dev.tidemark.model.TableId;
import dev.tidemark.producer.capture.HeartbeatProperties;
import dev.tidemark.producer.capture.Pipeline;
import dev.tidemark.producer.capture.RunProperties;
import dev.tidemark.producer.capture.RunProperties.Run;
import dev.tidemark.producer.source.HashKey;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.info.BuildProperties;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class PipelineConfiguration {

    PipelineConfiguration(DataSourceProperties database) {
        DatabaseUrl.require(database.getUrl());
    }

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    HashKey hashKey(ChoiceProperties choice) {
        return new HashKey(choice.hashKey());
    }

    @Bean
    Pipeline publishedPipeline(
            PipelineProperties properties,
            HeartbeatProperties heartbeat,
            RunProperties run,
            ChoiceProperties choice,
            ObjectProvider<BuildProperties> build) {
        BuildProperties known = build.getIfAvailable();
        String version = known == null ? null : known.getVersion();
        Pipeline pipeline = properties.toPipeline(version == null ? "unknown" : version, choice.options());
        return heartbeat.isOn() && run.run() == Run.CONTINUOUS ? pipeline.with(TableId.HEARTBEAT) : pipeline;
    }
}
