package dev.tidemark.producer.source;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What operators have asked of the producer.
 *
 * @param revision grows with whatever is asked
 * @param pause set while nothing is to be published
 */
public record Control(long revision, @Nullable Pause pause) {

    /** Who asked that nothing be published, and when, by the source's clock. */
    public record Pause(String by, Instant since) {

        @Override
        public String toString() {
            return "paused by " + by + " since " + since;
        }
    }
}
