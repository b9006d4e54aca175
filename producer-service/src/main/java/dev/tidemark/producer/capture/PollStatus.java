package dev.tidemark.producer.capture;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the poller is doing.
 *
 * @param since since when it has been in this state
 * @param epoch the incarnation of the active producer, or 0
 * @param position up to which snapshot of the source all is published, or null if this producer is not the active one, or was paused since it started
 * @param problem why it failed or who paused it, or null
 * @param busySince when the step under way began, or null between two steps
 */
public record PollStatus(
        State state,
        Instant since,
        long epoch,
        @Nullable String position,
        @Nullable String problem,
        @Nullable Instant busySince) {

    /** The states of the poller. */
    public enum State {
        /** Not yet connected. */
        STARTING,
        /** This producer publishes. */
        RUNNING,
        /** This producer is the active one, but publishes nothing until it is resumed. */
        PAUSED,
        /** Another producer is the active one; this one waits. */
        STANDBY,
        /** Something is in the way; it is tried again. */
        FAILED,
        /** The process is about to end. */
        STOPPED
    }

    PollStatus during(@Nullable Instant stepSince) {
        return new PollStatus(state, since, epoch, position, problem, stepSince);
    }
}
