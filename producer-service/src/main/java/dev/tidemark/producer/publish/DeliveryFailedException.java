package dev.tidemark.producer.publish;

import org.jspecify.annotations.Nullable;

/**
 * Kafka refused an event for good, while events behind it may have been taken. If it was of a page, the page has to be sent again under new numbers: under its
 * old ones the consumer would take the missing events for ones that it has.
 */
public class DeliveryFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public DeliveryFailedException(String reason) {
        super("Kafka took not all events: " + reason);
    }

    /** The same failure, told once more. */
    protected DeliveryFailedException(DeliveryFailedException cause) {
        super(cause.getMessage(), cause);
    }

    DeliveryFailedException(@Nullable Throwable cause) {
        super("Kafka took not all events: " + (cause == null ? "no cause given" : cause.getMessage()), cause);
    }
}
