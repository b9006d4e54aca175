package dev.tidemark.quickstart;

import java.util.Arrays;
import java.util.Random;

/** Ints in no order: to add, and to draw at random. Four bytes for each, since there may be millions. */
final class IntStack {

    private int[] values;
    private int size;

    IntStack() {
        this(new int[16], 0);
    }

    private IntStack(int[] values, int size) {
        this.values = values;
        this.size = size;
    }

    IntStack copy() {
        return new IntStack(values.clone(), size);
    }

    int size() {
        return size;
    }

    void add(int value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, size * 2);
        }
        values[size++] = value;
    }

    /** Removes one that is there by chance. */
    int draw(Random random) {
        int at = random.nextInt(size);
        int drawn = values[at];
        values[at] = values[--size];
        return drawn;
    }
}
