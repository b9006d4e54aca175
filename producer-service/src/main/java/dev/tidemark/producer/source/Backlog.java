package dev.tidemark.producer.source;

/**
 * What waits in the change log.
 *
 * @param rows committed rows that are not published; from ten thousand on an estimate
 * @param oldestSeconds the age of the oldest of them, in seconds by the source's clock
 */
public record Backlog(long rows, double oldestSeconds) {}
