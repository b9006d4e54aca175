package dev.tidemark.consumer.admin;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long the service runs.
 *
 * @param run whether to apply until somebody stops it (continuous), or what is in Kafka at the start and no more (once)
 * @param once a run that ends by itself
 */
@ConfigurationProperties("cdc")
record RunProperties(
        @DefaultValue("continuous") Run run, @DefaultValue Once once) {

    /** When the service ends. */
    enum Run {
        CONTINUOUS,
        ONCE
    }

    /**
     * @param timeout how long a run that ends by itself may be without any progress before it is given up
     * @param failOnDeadLetters whether the exit code is 2 if dead letters are open at the end, also those of earlier runs
     */
    record Once(
            @DefaultValue("1m") Duration timeout,
            @DefaultValue("false") boolean failOnDeadLetters) {

        Once {
            if (timeout.isNegative() || timeout.isZero()) {
                throw new IllegalArgumentException("cdc.once.timeout has to be a time above 0, not " + timeout);
            }
        }
    }
}
