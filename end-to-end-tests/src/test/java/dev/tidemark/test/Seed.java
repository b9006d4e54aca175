package dev.tidemark.test;

/** Where randomness comes from. Printed, so that a failure can be repeated. */
final class Seed {

    private Seed() {}

    static long next() {
        long seed = Long.getLong("tidemark.seed", System.nanoTime());
        System.out.println("Random with -Dtidemark.seed=" + seed);
        return seed;
    }
}
