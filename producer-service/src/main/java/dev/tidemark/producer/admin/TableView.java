package dev.tidemark.producer.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.tidemark.model.RowKey;
import dev.tidemark.producer.source.CopyRange;
import org.jspecify.annotations.Nullable;

/**
 * Where a table is.
 *
 * @param cause why it is not streaming, and what to do; null if it is, or if its snapshot goes on
 * @param snapshot null until it has begun
 * @param choice what of it is captured; missing if nothing was chosen
 */
record TableView(
        String table,
        String topic,
        State state,
        @Nullable String cause,
        @Nullable Progress snapshot,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable TableChoice choice) {

    enum State {
        /** Its snapshot is complete, and changes follow. */
        STREAMING,
        /** Its content is being sent, and changes with it. */
        SNAPSHOTTING,
        /** Nothing is wrong with it, but it is not its turn. */
        WAITING,
        /** It cannot be captured or published. */
        BLOCKED,
        /** It has lost triggers, so changes are lost until they are on again. */
        UNPROTECTED,
        /** It is captured no more. */
        REMOVED
    }

    /**
     * @param rows how many rows were sent
     * @param percent of the rows that the source believes the table to have; null if it does not know
     * @param rowsPerSecond how fast it goes, or went; 0 if this process has sent none of it
     * @param range the part of the table that it is of; null for the whole table
     * @param secondsLeft about how long it will take at that speed; null if that cannot be said, or it is complete
     */
    record Progress(
            long rows,
            @Nullable Integer percent,
            long rowsPerSecond,
            boolean complete,
            @Nullable Long secondsLeft,
            @Nullable Range range) {

        static Progress of(Snapshot snapshot, long rowsOfTheTable) {
            return new Progress(
                    snapshot.rows(),
                    percent(snapshot, rowsOfTheTable),
                    snapshot.rowsPerSecond(),
                    snapshot.complete(),
                    secondsLeft(snapshot, rowsOfTheTable),
                    Range.of(snapshot.range()));
        }

        private static @Nullable Long secondsLeft(Snapshot snapshot, long rowsOfTheTable) {
            long left = rowsOfTheTable - snapshot.rows();
            return snapshot.complete() || snapshot.range() != null || left <= 0 || snapshot.rowsPerSecond() <= 0
                    ? null
                    : left / snapshot.rowsPerSecond() + 1;
        }

        /** The number of rows is an estimate, so only a complete snapshot is at 100. */
        private static @Nullable Integer percent(Snapshot snapshot, long rowsOfTheTable) {
            if (snapshot.complete()) {
                return 100;
            }
            return rowsOfTheTable <= 0 || snapshot.range() != null
                    ? null
                    : (int) Math.min(99, snapshot.rows() * 100 / rowsOfTheTable);
        }
    }

    /**
     * A part of a table.
     *
     * @param after the key behind which it begins; null if it begins with the table
     * @param upTo its last key; null if it ends with the table
     */
    record Range(@Nullable Key after, @Nullable Key upTo) {

        static @Nullable Range of(@Nullable CopyRange range) {
            return range == null ? null : new Range(Key.of(range.after()), Key.of(range.upTo()));
        }
    }

    /** The columns of a key with their values, as the change events have them. */
    record Key(@JsonValue @JsonRawValue String json) {

        static @Nullable Key of(@Nullable RowKey key) {
            return key == null ? null : new Key(key.json());
        }
    }
}
