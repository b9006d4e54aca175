package dev.tidemark.producer.source;

import java.util.List;

/**
 * How the change log is.
 *
 * @param bytes the disk space of each time slot
 * @param oldestSeconds the age of the oldest row, published or not; 0 if there is none
 * @param writers the open transactions that have written to it
 */
public record LogState(List<Long> bytes, double oldestSeconds, List<OpenTransaction> writers) {}
