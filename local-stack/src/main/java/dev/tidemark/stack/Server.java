package dev.tidemark.stack;

/**
 * A process that keeps its address and its data over {@link #kill()}, {@link #stop()} and {@link #start()}.
 *
 * <p>Every method returns when its effect is complete: after {@code start} the server answers, after the other two it is gone. Doing
 * what is already done does nothing.
 */
public interface Server extends AutoCloseable {

    /** Starts it again with the data that it had. */
    void start();

    /** Asks it to end in good order and waits. */
    void stop();

    /** Ends it as a crash would (SIGKILL): nothing is written that was not written yet. */
    void kill();

    /** Holds it where it is (SIGSTOP): connections stay open, nothing is answered. */
    void suspend();

    /** Lets it go on after {@link #suspend()}. */
    void resume();

    /** Ends it and forgets its data. */
    @Override
    void close();
}
