package dev.tidemark.consumer;

import dev.tidemark.model.DatabaseUrl;
import dev.tidemark.model.TopicNames;
import java.time.Clock;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(PipelineProperties.class)
class ConsumerConfiguration {

    ConsumerConfiguration(DataSourceProperties database) {
        DatabaseUrl.require(database.getUrl());
    }

    @Bean
    TopicNames topicNames(PipelineProperties properties) {
        return properties.topicNames();
    }

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    /** Two threads: who looks for the meters may have to wait, and whoever sees to the listener must not. */
    @Bean
    TaskScheduler taskScheduler() {
        ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
        scheduler.setPoolSize(2);
        scheduler.setThreadNamePrefix("supervisor-");
        return scheduler;
    }
}
