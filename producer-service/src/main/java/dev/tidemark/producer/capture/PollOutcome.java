package dev.tidemark.producer.capture;

/** What a step of the poller found, which decides when the next one comes. */
enum PollOutcome {
    /** More is known to be there. */
    MORE,
    /** There were changes, and none are left. */
    BUSY,
    /** There were no changes. */
    IDLE,
    /** Another producer is the active one. */
    STANDBY,
    /** Nothing is to be published until somebody says so. */
    PAUSED,
    /** The step failed and has to be tried again. */
    FAILED
}
