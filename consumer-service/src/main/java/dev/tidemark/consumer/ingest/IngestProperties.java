package dev.tidemark.consumer.ingest;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How events are taken from Kafka, and what is done when something fails.
 *
 * @param maxBatchSize the most data that is applied at once, but for a single event that is larger; memory is needed for some five times as much
 * @param retryDelay the wait after a partition's first failure; it doubles with each further one
 * @param maxRetryDelay the longest wait before a partition is tried again
 * @param checkInterval how often to look whether the destination and Kafka are there, and to try again to start if they were not
 * @param kafkaTimeout how long to wait for an answer of Kafka
 * @param stallTimeout how long a batch may take before health is down
 */
@ConfigurationProperties("cdc.ingest")
public record IngestProperties(
        @DefaultValue("8MB") DataSize maxBatchSize,
        @DefaultValue("200ms") Duration retryDelay,
        @DefaultValue("5s") Duration maxRetryDelay,
        @DefaultValue("2s") Duration checkInterval,
        @DefaultValue("5s") Duration kafkaTimeout,
        @DefaultValue("30s") Duration stallTimeout) {

    public IngestProperties {
        if (maxBatchSize.toBytes() < 1) {
            throw new IllegalArgumentException("cdc.ingest.max-batch-size has to be above 0, not " + maxBatchSize);
        }
        requirePositive("retry-delay", retryDelay);
        requirePositive("max-retry-delay", maxRetryDelay);
        requirePositive("check-interval", checkInterval);
        requirePositive("kafka-timeout", kafkaTimeout);
        requirePositive("stall-timeout", stallTimeout);
    }

    private static void requirePositive(String name, Duration duration) {
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException("cdc.ingest." + name + " has to be a time above 0, not " + duration);
        }
    }
}
