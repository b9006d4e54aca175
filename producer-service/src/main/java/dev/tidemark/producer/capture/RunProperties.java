package dev.tidemark.producer.capture;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long the service runs.
 *
 * @param run whether to publish until somebody stops it (continuous), or what is there at the start and no more (once)
 * @param once a run that ends by itself
 */
@ConfigurationProperties("cdc")
public record RunProperties(
        @DefaultValue("continuous") Run run, @DefaultValue Once once) {

    /** When the service ends. */
    public enum Run {
        CONTINUOUS,
        ONCE
    }

    /** @param timeout how long a run that ends by itself may be without any progress before it is given up */
    public record Once(@DefaultValue("1m") Duration timeout) {

        public Once {
            if (timeout.isNegative() || timeout.isZero()) {
                throw new IllegalArgumentException("cdc.once.timeout has to be a time above 0, not " + timeout);
            }
        }
    }
}
