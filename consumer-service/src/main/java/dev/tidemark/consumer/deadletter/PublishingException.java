package dev.tidemark.consumer.deadletter;

import org.jspecify.annotations.Nullable;

/** Letters could not be sent; they will be sent later. */
final class PublishingException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    PublishingException(String message) {
        super(message);
    }

    PublishingException(@Nullable Throwable cause) {
        super(cause == null || cause.getMessage() == null ? String.valueOf(cause) : cause.getMessage(), cause);
    }
}
