package dev.tidemark.consumer.admin;

/** How an instance is. */
enum State {
    /** It applies what comes. */
    RUNNING,
    /** Somebody has said that nothing is to be applied. */
    PAUSED,
    /** It cannot apply anything. */
    FAILED,
    /** Other instances have all the topics, or there are none. */
    STANDBY
}
