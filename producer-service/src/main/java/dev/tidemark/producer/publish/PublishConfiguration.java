package dev.tidemark.producer.publish;

import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.springframework.boot.kafka.autoconfigure.DefaultKafkaProducerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class PublishConfiguration {

    /** What a client still holds when it is let go will be sent again by the next one. */
    private static final int CLOSE_SECONDS = 2;

    /** What the transport's guarantees rest on is no matter of taste, and so is set here rather than in a file. */
    @Bean
    DefaultKafkaProducerFactoryCustomizer exactOrder(TopicsProperties topics) {
        return factory -> {
            factory.setPhysicalCloseTimeout(CLOSE_SECONDS);
            factory.updateConfigs(Map.of(
                    ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                    true,
                    ProducerConfig.ACKS_CONFIG,
                    "all",
                    ProducerConfig.RETRIES_CONFIG,
                    Integer.MAX_VALUE,
                    ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                    Integer.MAX_VALUE,
                    ProducerConfig.BUFFER_MEMORY_CONFIG,
                    Math.max(32L << 20, 2 * topics.maxMessageSize().toBytes()),
                    ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                    (int) topics.maxMessageSize().toBytes()));
        };
    }
}
