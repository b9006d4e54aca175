package dev.tidemark.producer.publish;

import dev.tidemark.model.RowKey;
import dev.tidemark.model.TableId;
import org.jspecify.annotations.Nullable;

/**
 * How far the snapshot of a table has come. Written after the chunk that it tells of was acknowledged, so that a crash repeats a chunk but never skips one.
 *
 * @param trackedAt since when the table's changes are captured: what was changed before is not in the log
 * @param topicId Kafka's id of the topic that the chunks went to: if the topic is deleted and made again, they are gone
 * @param started whether a chunk has been sent; until then changes of the table need not be, since the first chunk will hold them
 * @param complete whether the whole table has been sent
 * @param upTo the last key that was sent, or null at the beginning
 * @param rows how many rows were sent
 */
public record TableProgress(
        String schema,
        String table,
        String trackedAt,
        String topicId,
        boolean started,
        boolean complete,
        @Nullable RowKey upTo,
        long rows) {

    /** A table of which nothing has been sent. */
    public static TableProgress none(TableId table, String trackedAt, String topicId) {
        return new TableProgress(table.schema(), table.name(), trackedAt, topicId, false, false, null, 0);
    }

    /** After one more chunk. */
    public TableProgress advanced(@Nullable RowKey newUpTo, long moreRows) {
        return new TableProgress(schema, table, trackedAt, topicId, true, newUpTo == null, newUpTo, rows + moreRows);
    }

    /** Whether what was sent still counts: the capture has not been interrupted since, and the topic is the same. */
    public boolean isFor(String capturedSince, String presentTopicId) {
        return trackedAt.equals(capturedSince) && topicId.equals(presentTopicId);
    }

    /** The table at the source. */
    public TableId id() {
        return new TableId(schema, table);
    }
}
