package dev.tidemark.consumer.admin;

/**
 * How long changes of a table took from the source to the destination in the last minutes, in milliseconds.
 *
 * @param count how many there were since the start
 */
record Delay(String table, long count, double p50, double p99, double max) {}
