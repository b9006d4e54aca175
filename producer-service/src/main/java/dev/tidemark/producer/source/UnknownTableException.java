package dev.tidemark.producer.source;

/** The source has no such table, or does not show it to the producer's role. */
public final class UnknownTableException extends UntrackableTableException {

    private static final long serialVersionUID = 1L;

    public UnknownTableException(String message) {
        super(message);
    }
}
