package dev.tidemark.consumer.deadletter;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What becomes of refused events.
 *
 * @param maxShare the share of a table's latest events, between 0 and 1, that may be refused; with more the table is stopped, since then the fault is hardly with the rows
 * @param window how many of a table's latest events are looked at for max-share
 * @param retention how long letters are kept once they are superseded, replayed or discarded; open ones are kept for ever
 * @param publishInterval how often to look for letters that are to be sent to the dead-letter topics
 */
@ConfigurationProperties("cdc.dead-letters")
public record DeadLetterProperties(
        @DefaultValue("0.5") double maxShare,
        @DefaultValue("1000") int window,
        @DefaultValue("30d") Duration retention,
        @DefaultValue("500ms") Duration publishInterval) {

    public DeadLetterProperties {
        if (!(maxShare > 0 && maxShare <= 1)) {
            throw new IllegalArgumentException(
                    "cdc.dead-letters.max-share has to be above 0 and at most 1, not " + maxShare);
        }
        if (window < 1) {
            throw new IllegalArgumentException("cdc.dead-letters.window has to be above 0, not " + window);
        }
        requirePositive("retention", retention);
        requirePositive("publish-interval", publishInterval);
    }

    private static void requirePositive(String name, Duration duration) {
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException(
                    "cdc.dead-letters." + name + " has to be a time above 0, not " + duration);
        }
    }
}
