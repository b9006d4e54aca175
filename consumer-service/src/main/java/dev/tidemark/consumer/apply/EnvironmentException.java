package dev.tidemark.consumer.apply;

/** The destination is not as it has to be; the message says what to do. */
public class EnvironmentException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public EnvironmentException(String message) {
        super(message);
    }
}
