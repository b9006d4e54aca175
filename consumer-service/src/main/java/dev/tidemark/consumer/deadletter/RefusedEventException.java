package dev.tidemark.consumer.deadletter;

/** An event was refused. Its name and message are what readers of a dead-letter topic see as the error. */
public final class RefusedEventException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public RefusedEventException(Refusal refusal) {
        super(refusal.message(), null, false, false);
    }
}
