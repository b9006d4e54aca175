package dev.tidemark.producer.admin;

import dev.tidemark.producer.capture.PollProperties;
import dev.tidemark.producer.capture.PollStatus;
import dev.tidemark.producer.capture.Poller;
import dev.tidemark.producer.source.OpenTransactions;
import java.time.Clock;
import java.util.function.Supplier;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

@Configuration(proxyBeanMethods = false)
class AdminConfiguration {

    /** What the poller is doing; nothing else of it is to be touched from another thread. */
    @Bean
    Supplier<PollStatus> pollStatus(Poller poller) {
        return poller::status;
    }

    @Bean
    HealthIndicator pipelineHealthIndicator(
            Supplier<PollStatus> poller,
            CaptureMonitor monitor,
            SourceHealth source,
            PollProperties properties,
            Clock clock) {
        return new PipelineHealthIndicator(poller, monitor, source::seen, properties.stallTimeout(), clock);
    }

    @Bean
    SourceHealth sourceHealth(
            TableViews tables,
            OpenTransactions transactions,
            Supplier<PollStatus> poller,
            HealthProperties properties,
            Clock clock) {
        return new SourceHealth(tables, transactions, poller, properties.transactionAge(), clock);
    }

    /** Of its own, since the source may keep it waiting. */
    @Bean
    ThreadPoolTaskScheduler healthScheduler() {
        ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
        scheduler.setThreadNamePrefix("health-");
        return scheduler;
    }

    @Bean
    SmartInitializingSingleton healthWatch(
            ThreadPoolTaskScheduler healthScheduler, SourceHealth source, HealthProperties properties) {
        return () -> healthScheduler.scheduleWithFixedDelay(source::look, properties.interval());
    }
}
