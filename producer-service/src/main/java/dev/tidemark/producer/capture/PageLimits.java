package dev.tidemark.producer.capture;

/**
 * What bounds a page.
 *
 * @param rows the most rows of a page
 * @param bytes the most data of a page, but for a single row that is larger
 * @param rowBytes a larger row goes without its columns; with the row before, without that
 */
record PageLimits(int rows, long bytes, long rowBytes) {}
