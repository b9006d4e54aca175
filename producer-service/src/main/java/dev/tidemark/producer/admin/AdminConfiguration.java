package dev.tidemark.producer.admin;

import dev.tidemark.producer.capture.PollProperties;
import dev.tidemark.producer.capture.Poller;
import java.time.Clock;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class AdminConfiguration {

    @Bean
    HealthIndicator pipelineHealthIndicator(
            Poller poller, CaptureMonitor monitor, PollProperties properties, Clock clock) {
        return new PipelineHealthIndicator(poller::status, monitor, properties.stallTimeout(), clock);
    }
}
