package dev.tidemark.consumer.apply;

/** Offsets are not moved, none of them; the message says why and what to do. */
public final class MoveRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    MoveRefusedException(String message) {
        super(message);
    }
}
