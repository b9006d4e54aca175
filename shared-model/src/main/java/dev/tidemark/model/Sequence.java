package dev.tidemark.model;

/**
 * The number of an event in its pipeline. It only ever grows: the upper bits count the incarnations of the producer (the epoch), the lower ones the
 * events of that incarnation, so that whatever a former producer still sends late is behind what its successor sends.
 */
public final class Sequence {

    private static final int COUNTER_BITS = 40;

    private Sequence() {}

    /** The number before the first one of an epoch. */
    public static long startOf(long epoch) {
        return epoch << COUNTER_BITS;
    }

    /** The incarnation of the producer that gave out the number. */
    public static long epochOf(long sequence) {
        return sequence >>> COUNTER_BITS;
    }
}
