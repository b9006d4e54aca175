package dev.tidemark.producer.capture;

import dev.tidemark.producer.publish.DeliveryFailedException;

/** Kafka refused an event of a page for good, and did not take down either that the page will be sent again under new numbers. */
final class TornPageException extends DeliveryFailedException {

    private static final long serialVersionUID = 1L;

    TornPageException(DeliveryFailedException cause) {
        super(cause);
    }
}
