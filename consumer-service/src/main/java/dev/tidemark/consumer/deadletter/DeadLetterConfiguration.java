package dev.tidemark.consumer.deadletter;

import dev.tidemark.model.TopicNames;
import java.time.Clock;
import java.util.Map;
import javax.sql.DataSource;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.kafka.autoconfigure.DefaultKafkaProducerFactoryCustomizer;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.KafkaTemplate;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(DeadLetterProperties.class)
class DeadLetterConfiguration {

    /** Above what any topic takes by default; it is the topic that decides. */
    private static final int LARGEST_MESSAGE = 64 << 20;

    @Bean
    DeadLetterQueries deadLetterQueries(DataSource dataSource, TopicNames names) {
        return new DeadLetterQueries(dataSource, names);
    }

    @Bean
    DeadLetterClosing deadLetterClosing(DataSource dataSource, TopicNames names) {
        return new DeadLetterClosing(dataSource, names);
    }

    @Bean
    DeadLetterPublisher deadLetterPublisher(
            DataSource dataSource,
            KafkaTemplate<byte[], byte[]> kafka,
            KafkaAdmin admin,
            KafkaProperties properties,
            TopicNames names,
            Clock clock) {
        DeadLetterTopics topics = new DeadLetterTopics(() -> Admin.create(admin.getConfigurationProperties()));
        return new DeadLetterPublisher(
                dataSource,
                kafka,
                topics,
                names,
                String.valueOf(properties.getConsumer().getGroupId()),
                clock);
    }

    @Bean
    DeadLetterJobs deadLetterJobs(
            DeadLetterPublisher publisher,
            DeadLetterQueries queries,
            DeadLetterClosing closing,
            DeadLetterProperties properties,
            Clock clock) {
        return new DeadLetterJobs(publisher, queries, closing, properties, clock);
    }

    /** Letters are not lost whatever is configured. A page is given up early: the connection to the destination is held meanwhile. */
    @Bean
    DefaultKafkaProducerFactoryCustomizer acknowledgedLetters() {
        return factory -> factory.updateConfigs(Map.of(
                ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                true,
                ProducerConfig.ACKS_CONFIG,
                "all",
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                5_000,
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                10_000,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                20_000,
                ProducerConfig.BUFFER_MEMORY_CONFIG,
                (long) LARGEST_MESSAGE,
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                LARGEST_MESSAGE));
    }
}
