package dev.tidemark.producer.source;

/** What somebody has written is no key of the table; the message says what is. */
public final class BadKeyException extends RuntimeException {

    private final String name;

    BadKeyException(String name, String message) {
        super(message);
        this.name = name;
    }

    /** Which end of the range it is. */
    public String name() {
        return name;
    }
}
