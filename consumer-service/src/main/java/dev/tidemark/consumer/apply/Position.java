package dev.tidemark.consumer.apply;

/**
 * How far a partition is applied.
 *
 * @param nextOffset the offset of the first record that is not
 * @param lastSequence the greatest sequence number that is, or {@link #NO_SEQUENCE}
 */
public record Position(long nextOffset, long lastSequence) {

    /** Less than any sequence number. */
    public static final long NO_SEQUENCE = -1;

    /** Where a new topic begins. */
    public static final Position START = new Position(0, NO_SEQUENCE);
}
