package dev.tidemark.producer.capture;

/** The offset cannot be moved now; the message says what has to be done first. */
public final class MoveRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    MoveRefusedException(String message) {
        super(message);
    }
}
