package dev.tidemark.consumer.ingest;

import dev.tidemark.consumer.apply.ControlStore;
import dev.tidemark.consumer.apply.DestinationPreparation;
import dev.tidemark.consumer.apply.OffsetStore;
import dev.tidemark.consumer.apply.Sink;
import dev.tidemark.consumer.apply.SinkProperties;
import java.time.Clock;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.kafka.autoconfigure.DefaultKafkaConsumerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.config.ContainerCustomizer;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.ContainerProperties.AckMode;
import org.springframework.scheduling.TaskScheduler;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(IngestProperties.class)
class IngestConfiguration {

    /** How often, while nothing comes, the container gives its thread to what has to be tried again. */
    private static final long IDLE_MILLIS = 100;

    /** How long a batch that is being applied may take to its end when the service is stopped. */
    private static final long SHUTDOWN_MILLIS = 20_000;

    @Bean
    PipelineStatus pipelineStatus(Clock clock) {
        return new PipelineStatus(clock);
    }

    @Bean
    AdminTopics topics(KafkaAdmin admin, IngestProperties properties) {
        return new AdminTopics(admin.getConfigurationProperties(), properties.kafkaTimeout());
    }

    @Bean
    ConsumerControl consumerControl(ControlStore store, PipelineStatus status) {
        return new ConsumerControl(store, status);
    }

    @Bean
    ChangeListener changeListener(
            Sink sink,
            SinkProperties sinkProperties,
            OffsetStore offsets,
            Topics topics,
            PipelineStatus status,
            IngestListener listener,
            Clock clock,
            IngestProperties properties) {
        Positioner positioner = new Positioner(offsets, topics, properties.kafkaTimeout());
        TableSearch tableSearch = new TableSearch(sink, sinkProperties.createTables());
        Backoff backoff = new Backoff(properties.retryDelay(), properties.maxRetryDelay());
        Ingestion ingestion = new Ingestion(sink, positioner, tableSearch, status, listener, backoff, clock);
        return new ChangeListener(ingestion, new GroupOffsets(clock));
    }

    /** What must be so whatever the configuration says: positions are ours alone, and the thread comes by when nothing comes in. */
    @Bean
    ContainerCustomizer<Object, Object, ConcurrentMessageListenerContainer<Object, Object>> containerCustomizer() {
        return container -> {
            container.getContainerProperties().setAckMode(AckMode.MANUAL);
            container.getContainerProperties().setIdleEventInterval(IDLE_MILLIS);
            container.getContainerProperties().setIdleBeforeDataMultiplier(1);
            container.getContainerProperties().setPollTimeout(IDLE_MILLIS);
            container.getContainerProperties().setShutdownTimeout(SHUTDOWN_MILLIS);
        };
    }

    @Bean
    DefaultKafkaConsumerFactoryCustomizer guardedConsumers(IngestProperties properties, PipelineStatus status) {
        return factory ->
                guard(factory, new PollBudget(properties.maxBatchSize().toBytes()), status);
    }

    @SuppressWarnings("unchecked")
    private static void guard(DefaultKafkaConsumerFactory<?, ?> factory, PollBudget budget, PipelineStatus status) {
        ((DefaultKafkaConsumerFactory<?, byte[]>) factory).setValueDeserializer(budget);
        ((DefaultKafkaConsumerFactory<Object, Object>) factory).addPostProcessor(new GuardedConsumers(budget, status));
    }

    @Bean
    Supervisor supervisor(
            DestinationPreparation destination,
            ConsumerControl control,
            Topics topics,
            KafkaListenerEndpointRegistry listeners,
            PipelineStatus status,
            TaskScheduler scheduler,
            IngestProperties properties) {
        return new Supervisor(destination, control, topics, listeners, status, scheduler, properties.checkInterval());
    }
}
