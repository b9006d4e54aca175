package dev.tidemark.producer.publish;

import dev.tidemark.model.RowKey;
import dev.tidemark.model.TableId;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How far the snapshot of a table has come. Written after the chunk that it tells of was acknowledged, so that a crash repeats a chunk but never skips one.
 *
 * @param trackedAt since when the table's changes are captured: what was changed before is not in the log
 * @param copyAt when a new copy was asked for that this is, or null if none was; progress that was stored by older versions has none
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
        @Nullable String copyAt,
        String topicId,
        boolean started,
        boolean complete,
        @Nullable RowKey upTo,
        long rows) {

    /** A table of which nothing has been sent. */
    public static TableProgress none(TableId table, String trackedAt, @Nullable String copyAt, String topicId) {
        return new TableProgress(table.schema(), table.name(), trackedAt, copyAt, topicId, false, false, null, 0);
    }

    /** After one more chunk. */
    public TableProgress advanced(@Nullable RowKey newUpTo, long moreRows) {
        return new TableProgress(
                schema, table, trackedAt, copyAt, topicId, true, newUpTo == null, newUpTo, rows + moreRows);
    }

    /**
     * What still counts: nothing if the capture has been interrupted since, or the topic is another. If only a new copy is asked for, the snapshot begins anew
     * but changes go on being sent, since none is missing: each chunk is exact at its own point among them.
     */
    public TableProgress continued(String capturedSince, @Nullable String copyAskedAt, String presentTopicId) {
        if (!trackedAt.equals(capturedSince) || !topicId.equals(presentTopicId)) {
            return none(id(), capturedSince, copyAskedAt, presentTopicId);
        }
        return Objects.equals(copyAt, copyAskedAt)
                ? this
                : new TableProgress(schema, table, trackedAt, copyAskedAt, topicId, started, false, null, 0);
    }

    /** The table at the source. */
    public TableId id() {
        return new TableId(schema, table);
    }
}
