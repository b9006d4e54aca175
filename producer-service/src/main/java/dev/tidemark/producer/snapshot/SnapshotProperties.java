package dev.tidemark.producer.snapshot;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How the content of tables is read.
 *
 * @param maxChunkRows the most rows of a chunk; the consumer applies a chunk in one transaction, and changes wait while one is sent
 * @param maxChunkSize the most data of a chunk, but for a single row that is larger
 * @param keyOrder whether chunks follow the order of the key's own collation or, where the destination orders text differently, that of bytes (C)
 */
@ConfigurationProperties("cdc.snapshot")
public record SnapshotProperties(
        @DefaultValue("10000") int maxChunkRows,
        @DefaultValue("4MB") DataSize maxChunkSize,
        @DefaultValue("native") KeyOrder keyOrder) {

    public SnapshotProperties {
        if (maxChunkRows < 1) {
            throw new IllegalArgumentException("cdc.snapshot.max-chunk-rows has to be at least 1, not " + maxChunkRows);
        }
        if (maxChunkSize.toBytes() < 1) {
            throw new IllegalArgumentException("cdc.snapshot.max-chunk-size has to be above 0, not " + maxChunkSize);
        }
    }

    /** The order in which the ranges of a key are taken. */
    public enum KeyOrder {
        /** The collation of the column: uses the key's index. */
        NATIVE,
        /** The order of bytes, which is the same everywhere: needs an index with COLLATE "C" to be quick on a large table. */
        C
    }
}
