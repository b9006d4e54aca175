package dev.tidemark.producer.source;

/** The source cannot be published from as it is; the message says what a person has to do. */
public class UnusableSourceException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public UnusableSourceException(String message) {
        super(message);
    }
}
