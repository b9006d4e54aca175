package dev.tidemark.consumer.apply;

/** A partition does not stand where it was left: somebody else has applied from it, or an operator has moved it. Nothing was applied. */
public final class FencedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    FencedException(int expected, int found) {
        super("Of " + expected + " partitions only " + found + " stand where they were left");
    }
}
