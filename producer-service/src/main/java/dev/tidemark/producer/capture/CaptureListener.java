package dev.tidemark.producer.capture;

import dev.tidemark.model.Operation;
import dev.tidemark.model.TableId;
import dev.tidemark.producer.publish.TableProgress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Is told what the capture does; keeps meters and health out of it. Calls come from the poller's thread, if nothing else is said, and must return at once. */
public interface CaptureListener {

    /** Events of a table have been handed to Kafka. */
    default void sent(TableId table, Operation operation, int count) {}

    /**
     * Kafka has acknowledged all of a page. Called from the Kafka client's thread.
     *
     * @param took from the announcement of the page on
     */
    default void pagePublished(int rows, Duration took) {}

    /** All of a tick that has changes is handed to Kafka. */
    default void tickPublished(Duration took) {}

    /** A page is sent once more, since Kafka may have only a part of it. */
    default void sentAgain() {}

    /** Kafka has refused what was sent, or could not be reached. */
    default void publishingFailed() {}

    /** Kafka answers, and has acknowledged all that was sent. */
    default void acknowledged() {}

    /** Kafka does not answer, or has not acknowledged for a while what was sent; ends with {@link #acknowledged} or a failure. */
    default void waitingForKafka() {}

    /** A table's snapshot has come this far; also told when its way into Kafka is opened. */
    default void snapshotProgress(TableProgress progress) {}

    /** A table is not captured for this reason, or is again if the reason is null. */
    default void tableProblem(TableId table, @Nullable String reason) {}

    /** All that was committed before the producer became the active one is in Kafka, but for tables with a problem. Only told in a run that is to end, after each step. */
    default void caughtUp() {}

    /** What was sent of a table does not count any more, since changes were missed, or its key or its topic is another: its snapshot begins anew. */
    default void gap(TableId table) {}

    /** A step failed, for a reason that was not known a moment ago; it is tried again. */
    default void failed(String problem) {}

    /** The producer no longer is the active one, or begins anew: what was told of tables and of Kafka counts no more. */
    default void released() {}

    /** A time slot of the change log holds as many rows as were published from it, or does not. Called from the thread of the retention. */
    default void audited(int slot, boolean passed) {}

    /** A time slot of the change log was emptied. Called from the thread of the retention. */
    default void slotTruncated() {}
}
