package dev.tidemark.producer.admin;

import dev.tidemark.producer.capture.PollProperties;
import dev.tidemark.producer.capture.PollStatus;
import dev.tidemark.producer.capture.Poller;
import dev.tidemark.producer.source.BacklogReader;
import dev.tidemark.producer.source.LogReader;
import dev.tidemark.producer.source.OpenTransactions;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Supplier;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

@Configuration(proxyBeanMethods = false)
class AdminConfiguration {

    /** How old what the meters show of the source may be. */
    private static final Duration METERS_INTERVAL = Duration.ofSeconds(5);

    /** What the poller is doing; nothing else of it is to be touched from another thread. */
    @Bean
    Supplier<PollStatus> pollStatus(Poller poller) {
        return poller::status;
    }

    @Bean
    CaptureMeters captureMeters(MeterRegistry registry) {
        return new CaptureMeters(registry);
    }

    @Bean
    SourceWatch sourceWatch(
            LogReader log, BacklogReader backlog, TableViews views, Supplier<PollStatus> poller, Clock clock) {
        return new SourceWatch(log, backlog, views, poller, clock);
    }

    @Bean
    ProducerMeters producerMeters(
            Supplier<PollStatus> poller,
            CaptureMonitor monitor,
            SourceWatch source,
            Clock clock,
            MeterRegistry registry) {
        return new ProducerMeters(poller, monitor, source, clock, registry);
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

    /** Of its own, with a thread for each, since the source may keep them waiting. */
    @Bean
    ThreadPoolTaskScheduler healthScheduler() {
        ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
        scheduler.setThreadNamePrefix("health-");
        scheduler.setPoolSize(2);
        return scheduler;
    }

    @Bean
    SmartInitializingSingleton healthWatch(
            ThreadPoolTaskScheduler healthScheduler,
            SourceHealth source,
            HealthProperties properties,
            ProducerMeters meters) {
        return () -> {
            healthScheduler.scheduleWithFixedDelay(source::look, properties.interval());
            healthScheduler.scheduleWithFixedDelay(meters::refresh, METERS_INTERVAL);
        };
    }
}
