package dev.tidemark.producer.publish;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.tidemark.model.RowKey;
import dev.tidemark.model.TableId;
import dev.tidemark.producer.source.CopyRange;
import dev.tidemark.producer.source.TrackedTable;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How far the snapshot of a table has come. Written after the chunk that it tells of was acknowledged, so that a crash repeats a chunk but never skips one.
 *
 * @param trackedAt since when the table's changes are captured: what was changed before is not in the log
 * @param copyAt when a new copy was asked for that this is, or null if none was; progress that was stored by older versions has none
 * @param topicId Kafka's id of the topic that the chunks went to: if the topic is deleted and made again, they are gone
 * @param partitions over how many partitions of the topic the events are spread. It stays as it was when the topic's first event was sent, whatever the topic
 *     is given later: otherwise a row's events would be in two partitions, in no order
 * @param started whether a chunk has been sent; until then changes of the table need not be, since the first chunk will hold them
 * @param complete whether the whole table has been sent
 * @param upTo the last key that was sent, or the one before the range, or null at the beginning
 * @param rows how many rows were sent
 * @param range the part of the table that is copied, or null for the whole table
 * @param copied whether the whole table has been sent before, and since then each change: a new copy can then be left
 */
public record TableProgress(
        String schema,
        String table,
        String trackedAt,
        @Nullable String copyAt,
        String topicId,
        @JsonSetter(nulls = Nulls.AS_EMPTY) int partitions,
        boolean started,
        boolean complete,
        @Nullable RowKey upTo,
        long rows,
        @JsonSetter(nulls = Nulls.AS_EMPTY) boolean copied,
        @Nullable CopyRange range) {

    public TableProgress {
        // What older versions have stored does not say: there was one.
        partitions = Math.max(partitions, 1);
        copied |= complete;
    }

    /** A table of which nothing has been sent. */
    public static TableProgress none(TrackedTable table, TableTopic topic) {
        return new TableProgress(
                table.id().schema(),
                table.id().name(),
                table.trackedAt(),
                table.copyAt(),
                topic.id(),
                table.ordered() ? 1 : topic.partitions(),
                false,
                false,
                null,
                0,
                false,
                null);
    }

    /** After one more chunk. */
    public TableProgress advanced(@Nullable RowKey newUpTo, long moreRows) {
        return at(true, newUpTo == null || newUpTo.equals(end()), newUpTo, rows + moreRows, copied, range);
    }

    /** The last key that is copied, or null for the table's last. */
    public @Nullable RowKey end() {
        return range == null ? null : range.upTo();
    }

    /** Nothing that was sent counts any more, but it is in the topic. */
    public TableProgress restarted() {
        return at(false, false, null, 0, false, null);
    }

    /** The same, and what is sent from now on is of another capture. */
    public TableProgress restarted(TrackedTable now) {
        return restarted().of(now.trackedAt(), now.copyAt());
    }

    /**
     * What still counts: nothing if the capture has been interrupted since, or the topic is another. If only a new copy is asked for, the snapshot begins anew
     * but changes go on being sent, since none is missing: each chunk is exact at its own point among them. If it is not asked for any more, it
     * is left where it is. A part alone is copied only of a table that was copied as a whole.
     */
    public TableProgress continued(TrackedTable now, TableTopic topic) {
        if (!topicId.equals(topic.id())) {
            return none(now, topic);
        }
        if (!trackedAt.equals(now.trackedAt())) {
            return restarted(now);
        }
        if (Objects.equals(copyAt, now.copyAt())) {
            return this;
        }
        TableProgress asked = of(trackedAt, now.copyAt());
        if (now.copyAt() == null && copied) {
            return asked.at(started, true, null, rows, copied, null);
        }
        CopyRange part = copied ? now.copyRange() : null;
        return asked.at(started, false, part == null ? null : part.after(), 0, copied, part);
    }

    private TableProgress of(String newTrackedAt, @Nullable String newCopyAt) {
        return new TableProgress(
                schema,
                table,
                newTrackedAt,
                newCopyAt,
                topicId,
                partitions,
                started,
                complete,
                upTo,
                rows,
                copied,
                range);
    }

    private TableProgress at(
            boolean isStarted,
            boolean isComplete,
            @Nullable RowKey newUpTo,
            long newRows,
            boolean isCopied,
            @Nullable CopyRange newRange) {
        return new TableProgress(
                schema,
                table,
                trackedAt,
                copyAt,
                topicId,
                partitions,
                isStarted,
                isComplete,
                newUpTo,
                newRows,
                isCopied,
                newRange);
    }

    /** The table at the source. */
    public TableId id() {
        return new TableId(schema, table);
    }
}
