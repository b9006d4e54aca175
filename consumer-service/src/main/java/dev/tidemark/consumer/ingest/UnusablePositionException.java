package dev.tidemark.consumer.ingest;

import dev.tidemark.consumer.apply.EnvironmentException;

/** A partition cannot be read where it stands; the message says what was lost and what to do. */
final class UnusablePositionException extends EnvironmentException {

    private static final long serialVersionUID = 1L;

    UnusablePositionException(String message) {
        super(message);
    }
}
