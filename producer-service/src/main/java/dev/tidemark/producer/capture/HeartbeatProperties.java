package dev.tidemark.producer.capture;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The heartbeat, a row that goes the whole way, so that the lag is known while nothing else is written.
 *
 * @param interval how often the heartbeat is written, to cdc.heartbeat at the source; 0 switches it off
 */
@ConfigurationProperties("cdc.heartbeat")
public record HeartbeatProperties(@DefaultValue("5s") Duration interval) {

    public HeartbeatProperties {
        if (interval.isNegative()) {
            throw new IllegalArgumentException("cdc.heartbeat.interval has to be 0 or a time, not " + interval);
        }
    }

    /** Whether there are to be heartbeats. */
    public boolean isOn() {
        return !interval.isZero();
    }
}
