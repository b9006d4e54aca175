package dev.tidemark.producer.source;

/**
 * What waits in the change log.
 *
 * @param rows committed rows that are not published; counting stops at a million
 * @param oldestSeconds the age of the oldest of them, in seconds by the source's clock
 */
public record Backlog(long rows, double oldestSeconds) {}
