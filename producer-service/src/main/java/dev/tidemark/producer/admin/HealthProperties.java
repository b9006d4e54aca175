package dev.tidemark.producer.admin;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What health looks at.
 *
 * @param interval how often to look at the source for what endangers changes
 * @param transactionAge from which age on an open transaction is shown whose changes wait for its commit
 */
@ConfigurationProperties("cdc.health")
public record HealthProperties(
        @DefaultValue("2s") Duration interval,
        @DefaultValue("5s") Duration transactionAge) {

    public HealthProperties {
        if (interval.toMillis() < 1) {
            throw new IllegalArgumentException("cdc.health.interval has to be a time above 0, not " + interval);
        }
        if (transactionAge.isNegative()) {
            throw new IllegalArgumentException(
                    "cdc.health.transaction-age has to be 0 or a time, not " + transactionAge);
        }
    }
}
