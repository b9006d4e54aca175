package dev.tidemark.consumer.apply;

import dev.tidemark.model.RowKey;
import dev.tidemark.model.TableId;
import org.jspecify.annotations.Nullable;

/** An event has come without its row, because the row is larger than a message may be. */
public final class OmittedRowException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient TableId table;
    private final transient @Nullable RowKey key;

    public OmittedRowException(long bytes, TableId table, @Nullable RowKey key) {
        super(
                "The row of " + bytes
                        + " bytes was left out, because no message can carry it: raise cdc.topics.max-message-size"
                        + " of the producer, the topic's max.message.bytes and the broker's, and change the row again at the source");
        this.table = table;
        this.key = key;
    }

    public TableId table() {
        return table;
    }

    public @Nullable RowKey key() {
        return key;
    }
}
