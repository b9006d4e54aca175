package dev.tidemark.producer.capture;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the change log is kept short.
 *
 * @param interval how often to look for time slots that are published as a whole; they are audited and emptied
 */
@ConfigurationProperties("cdc.retention")
public record RetentionProperties(@DefaultValue("1m") Duration interval) {

    public RetentionProperties {
        if (interval.isNegative() || interval.isZero()) {
            throw new IllegalArgumentException("cdc.retention.interval has to be a time above 0, not " + interval);
        }
    }
}
