package dev.tidemark.producer.capture;

import java.util.List;

/**
 * A stretch of a tick that is published as one.
 *
 * @param afterId the rows are those of the tick above this id
 * @param changes in the order of their ids; never empty
 */
record Page(long afterId, List<LoggedChange> changes) {

    /** The id of the last row. */
    long endId() {
        return changes.get(changes.size() - 1).id();
    }
}
