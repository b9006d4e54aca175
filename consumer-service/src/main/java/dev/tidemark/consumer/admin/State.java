package dev.tidemark.consumer.admin;

import dev.tidemark.consumer.ingest.PipelineStatus;
import java.util.Map;

/** How an instance is. */
enum State {
    /** It applies what comes. */
    RUNNING,
    /** Somebody has said that nothing is to be applied. */
    PAUSED,
    /** It cannot apply anything. */
    FAILED,
    /** Other instances have all the topics, or there are none. */
    STANDBY;

    /** @param obstacles what keeps it from applying anything at all */
    static State of(PipelineStatus status, Map<String, String> obstacles) {
        if (!obstacles.isEmpty()) {
            return FAILED;
        } else if (status.control().paused()) {
            return PAUSED;
        }
        return status.partitions().isEmpty() ? STANDBY : RUNNING;
    }
}
