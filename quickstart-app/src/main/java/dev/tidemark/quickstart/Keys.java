package dev.tidemark.quickstart;

import java.util.Random;

/** The keys that one connection may touch: those that rows have, and those that rows had, to be used once more. */
final class Keys {

    private final IntStack used;
    private final IntStack free;

    Keys() {
        this(new IntStack(), new IntStack());
    }

    private Keys(IntStack used, IntStack free) {
        this.used = used;
        this.free = free;
    }

    /** To come back to after a rollback. */
    Keys copy() {
        return new Keys(used.copy(), free.copy());
    }

    int used() {
        return used.size();
    }

    int free() {
        return free.size();
    }

    void use(int key) {
        used.add(key);
    }

    /** Keys of rows, which stay in use. */
    int[] pick(int count, Random random) {
        int[] picked = draw(count, random);
        for (int key : picked) {
            used.add(key);
        }
        return picked;
    }

    /** Keys of rows that are about to lose them. */
    int[] release(int count, Random random) {
        int[] released = draw(count, random);
        for (int key : released) {
            free.add(key);
        }
        return released;
    }

    /** A key that a row had before; it is in use from now on. */
    int reuse(Random random) {
        int key = free.draw(random);
        used.add(key);
        return key;
    }

    private int[] draw(int count, Random random) {
        int[] drawn = new int[count];
        for (int i = 0; i < count; i++) {
            drawn[i] = used.draw(random);
        }
        return drawn;
    }
}
