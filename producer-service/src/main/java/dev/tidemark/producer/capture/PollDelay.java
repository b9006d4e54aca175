package dev.tidemark.producer.capture;

import java.time.Duration;

/** How long to wait after a step: not at all while there is more, then longer and longer while nothing comes. Not safe for use by several threads. */
final class PollDelay {

    private static final Duration FIRST_IDLE = Duration.ofMillis(5);
    /** How soon a resume is noticed. */
    private static final Duration PAUSED = Duration.ofMillis(500);

    private static final Duration FIRST_RETRY = Duration.ofMillis(200);

    private final PollProperties properties;
    private PollOutcome last = PollOutcome.MORE;
    private Duration delay = Duration.ZERO;

    PollDelay(PollProperties properties) {
        this.properties = properties;
    }

    Duration after(PollOutcome outcome) {
        boolean again = outcome == last;
        last = outcome;
        delay = switch (outcome) {
            case MORE -> Duration.ZERO;
            case BUSY -> properties.busyDelay();
            case IDLE -> growing(again, FIRST_IDLE, properties.idleDelay());
            case STANDBY -> properties.standbyDelay();
            case PAUSED -> PAUSED;
            case FAILED -> growing(again, FIRST_RETRY, properties.retryDelay());
        };
        return delay;
    }

    private Duration growing(boolean again, Duration first, Duration longest) {
        Duration wanted = again ? delay.multipliedBy(2) : first;
        return wanted.compareTo(longest) < 0 ? wanted : longest;
    }
}
