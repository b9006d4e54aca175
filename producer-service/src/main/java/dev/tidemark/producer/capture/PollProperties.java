package dev.tidemark.producer.capture;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How the change log is polled.
 *
 * @param busyDelay the wait after a poll that found changes; each poll with changes costs the broker two requests
 * @param idleDelay the longest wait after polls that found nothing; the wait doubles up to it
 * @param retryDelay the longest wait after failures; the wait doubles up to it
 * @param standbyDelay how often a waiting producer looks whether it can become the active one
 * @param refreshInterval how often to look after tables and topics; up to six times rarer while changes come without a pause
 * @param stallTimeout how long a step may take before health is down
 * @param maxPageRows the most rows that are published as one page
 * @param maxPageSize the most data that is published as one page, but for a single row that is larger
 */
@ConfigurationProperties("cdc.poll")
public record PollProperties(
        @DefaultValue("6ms") Duration busyDelay,
        @DefaultValue("20ms") Duration idleDelay,
        @DefaultValue("5s") Duration retryDelay,
        @DefaultValue("1s") Duration standbyDelay,
        @DefaultValue("5s") Duration refreshInterval,
        @DefaultValue("30s") Duration stallTimeout,
        @DefaultValue("5000") int maxPageRows,
        @DefaultValue("4MB") DataSize maxPageSize) {

    private static final Duration LONGEST_DELAY = Duration.ofSeconds(10);

    public PollProperties {
        if (maxPageRows < 1) {
            throw new IllegalArgumentException("cdc.poll.max-page-rows has to be at least 1, not " + maxPageRows);
        }
        if (maxPageSize.toBytes() < 1) {
            throw new IllegalArgumentException("cdc.poll.max-page-size has to be above 0, not " + maxPageSize);
        }
        if (busyDelay.isNegative()) {
            throw new IllegalArgumentException("cdc.poll.busy-delay has to be 0 or a time, not " + busyDelay);
        }
        requireShort("busy-delay", busyDelay);
        requireShort("idle-delay", idleDelay);
        requirePositive("idle-delay", idleDelay);
        requirePositive("retry-delay", retryDelay);
        requirePositive("standby-delay", standbyDelay);
        requirePositive("refresh-interval", refreshInterval);
        requirePositive("stall-timeout", stallTimeout);
    }

    private static void requireShort(String name, Duration duration) {
        if (duration.compareTo(LONGEST_DELAY) > 0) {
            throw new IllegalArgumentException(
                    "cdc.poll." + name + " has to be at most " + LONGEST_DELAY + ", not " + duration);
        }
    }

    private static void requirePositive(String name, Duration duration) {
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException("cdc.poll." + name + " has to be a time above 0, not " + duration);
        }
    }
}
