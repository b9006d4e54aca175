/** The content of tables, read in ranges of their keys while their writers go on; the idea of interleaving ranges with the stream is the DBLog paper's. */
@NullMarked
package dev.tidemark.producer.snapshot;

import org.jspecify.annotations.NullMarked;
