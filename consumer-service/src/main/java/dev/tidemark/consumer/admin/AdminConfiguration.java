package dev.tidemark.consumer.admin;

import dev.tidemark.consumer.apply.OffsetStore;
import dev.tidemark.consumer.ingest.IngestProperties;
import dev.tidemark.consumer.ingest.PipelineStatus;
import dev.tidemark.consumer.ingest.Topics;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class AdminConfiguration {

    @Bean
    ConsumerMeters consumerMeters(MeterRegistry registry, PipelineStatus status) {
        return new ConsumerMeters(registry, status);
    }

    @Bean
    OffsetEndpoint offsetEndpoint(OffsetStore offsets, PipelineStatus status) {
        return new OffsetEndpoint(offsets, status);
    }

    @Bean
    LagEndpoint lagEndpoint(PipelineStatus status, Topics topics, MeterRegistry meters) {
        return new LagEndpoint(status, topics, meters);
    }

    /** The bean's name is the name of the component. */
    @Bean
    PipelineHealth pipeline(PipelineStatus status, IngestProperties properties, Clock clock) {
        return new PipelineHealth(status, properties, clock);
    }
}
