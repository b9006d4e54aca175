package dev.tidemark.producer.source;

/** Somebody holds a lock on the table for longer than writers should wait; trying again later may help. */
public final class LockedTableException extends UntrackableTableException {

    private static final long serialVersionUID = 1L;

    public LockedTableException(String message) {
        super(message);
    }
}
