package dev.tidemark.quickstart;

/** The command line was not understood. The message says which part. */
final class UsageException extends RuntimeException {

    UsageException(String message) {
        super(message);
    }
}
