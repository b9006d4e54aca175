package dev.tidemark.producer.source;

/**
 * A moment at the source.
 *
 * @param snapshot what is visible at it
 * @param insertLsn how far the write-ahead log had been written after the snapshot was taken; what the snapshot shows is safe from a crash once the log has
 *     been flushed to here
 * @param atMicros the source's clock, in microseconds since 1970
 */
public record SourcePoint(PgSnapshot snapshot, String insertLsn, long atMicros) {}
