package dev.tidemark.producer.publish;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The topics that the producer makes. Topics that exist are left as they are.
 *
 * @param partitions how many partitions the topic of a table gets. A table with a unique constraint besides its key gets one: its rows may pass values among
 *     each other, so that their order counts
 * @param replicationFactor how many brokers keep each topic; -1 leaves it to the broker's default
 * @param retention how long events are kept; a consumer that is away for longer needs a new snapshot
 * @param deadLetterRetention how long the topics of dead letters keep them
 * @param maxMessageSize the largest message of a topic; a larger row travels without its columns
 * @param adminTimeout how long to wait for Kafka when a topic is made
 */
@ConfigurationProperties("cdc.topics")
public record TopicsProperties(
        @DefaultValue("1") int partitions,
        @DefaultValue("-1") short replicationFactor,
        @DefaultValue("7d") Duration retention,
        @DefaultValue("14d") Duration deadLetterRetention,
        @DefaultValue("16MB") DataSize maxMessageSize,
        @DefaultValue("10s") Duration adminTimeout) {

    /** What a message holds beside the row, in bytes, with room to spare. */
    private static final long ENVELOPE_BYTES = 64 * 1024;

    public TopicsProperties {
        if (partitions < 1) {
            throw new IllegalArgumentException("cdc.topics.partitions has to be at least 1, not " + partitions);
        }
        if (replicationFactor < 1 && replicationFactor != -1) {
            throw new IllegalArgumentException(
                    "cdc.topics.replication-factor has to be at least 1, or -1, not " + replicationFactor);
        }
        requirePositive("retention", retention);
        requirePositive("dead-letter-retention", deadLetterRetention);
        requirePositive("admin-timeout", adminTimeout);
        if (maxMessageSize.toBytes() < 2 * ENVELOPE_BYTES || maxMessageSize.toBytes() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "cdc.topics.max-message-size has to be between 128KB and 2GB, not " + maxMessageSize);
        }
    }

    private static void requirePositive(String name, Duration duration) {
        if (duration.toMillis() < 1) {
            throw new IllegalArgumentException("cdc.topics." + name + " has to be a time above 0, not " + duration);
        }
    }

    /** The largest row that a message can carry, in bytes. */
    public long maxRowBytes() {
        return maxMessageSize.toBytes() - ENVELOPE_BYTES;
    }
}
