package dev.tidemark.producer.admin;

import dev.tidemark.producer.capture.PollProperties;
import dev.tidemark.producer.capture.PollStatus;
import dev.tidemark.producer.capture.Poller;
import java.time.Clock;
import java.util.function.Supplier;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class AdminConfiguration {

    /** What the poller is doing; nothing else of it is to be touched from another thread. */
    @Bean
    Supplier<PollStatus> pollStatus(Poller poller) {
        return poller::status;
    }

    @Bean
    HealthIndicator pipelineHealthIndicator(
            Supplier<PollStatus> poller, CaptureMonitor monitor, PollProperties properties, Clock clock) {
        return new PipelineHealthIndicator(poller, monitor, properties.stallTimeout(), clock);
    }
}
