package dev.tidemark.consumer.apply;

import java.util.BitSet;

/** How many of the latest events are refused. */
final class RefusalWindow {

    private final int size;
    private final BitSet refused;
    private int next;
    private int count;

    RefusalWindow(int size) {
        this(size, new BitSet(size), 0, 0);
    }

    private RefusalWindow(int size, BitSet refused, int next, int count) {
        this.size = size;
        this.refused = refused;
        this.next = next;
        this.count = count;
    }

    RefusalWindow copy() {
        return new RefusalWindow(size, (BitSet) refused.clone(), next, count);
    }

    void add(boolean isRefused) {
        count += (isRefused ? 1 : 0) - (refused.get(next) ? 1 : 0);
        refused.set(next, isRefused);
        next = (next + 1) % size;
    }

    int refused() {
        return count;
    }
}
