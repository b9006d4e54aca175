package dev.tidemark.model;

import org.jspecify.annotations.Nullable;

/** A record that is not what the wire contract says; the message tells what is wrong with it, without its content. */
public class UndecodableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public UndecodableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
