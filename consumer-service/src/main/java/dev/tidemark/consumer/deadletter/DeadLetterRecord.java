package dev.tidemark.consumer.deadletter;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter with its record, byte for byte.
 *
 * @param time the record's timestamp
 */
public record DeadLetterRecord(
        DeadLetter letter,
        byte @Nullable [] key,
        byte @Nullable [] value,
        @Nullable Instant time) {}
