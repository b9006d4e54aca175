package dev.tidemark.producer.capture;

import dev.tidemark.producer.publish.StoredState;
import java.sql.SQLException;

/** The producer's offset, for those who look at it and move it. Safe for use by several threads. */
public interface OffsetMoves {

    /** What is stored in Kafka. */
    StoredState current();

    /** What a move would do now; nothing is changed, and the producer need not be paused. */
    OffsetPlan plan(OffsetTarget target) throws SQLException;

    /**
     * Moves the offset.
     *
     * @throws MoveRefusedException if this is not the active producer, or is not paused
     */
    OffsetPlan move(OffsetTarget target) throws Exception;
}
