package dev.tidemark.quickstart;

/**
 * What the random changes are like.
 *
 * @param transaction most changes of a transaction, large statements aside
 * @param statement most rows of a large statement
 * @param odd whether values occur on which a pipeline may stumble
 */
record Mix(int transaction, int statement, boolean odd) {

    static final Mix SMALL = new Mix(3, 3, false);
    static final Mix ROUGH = new Mix(12, 100, true);
}
