package dev.tidemark.stack;

import org.jspecify.annotations.Nullable;

/** A server could not be brought to where it was asked to be. The message has the end of its log, where there is one. */
public class StackException extends RuntimeException {

    public StackException(String message) {
        this(message, null);
    }

    public StackException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
