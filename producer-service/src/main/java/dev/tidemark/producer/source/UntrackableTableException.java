package dev.tidemark.producer.source;

/** The changes of a table cannot be captured as it is; the message names it and says what to do. */
public class UntrackableTableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public UntrackableTableException(String message) {
        super(message);
    }
}
