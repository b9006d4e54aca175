package dev.tidemark.consumer.ingest;

import dev.tidemark.consumer.apply.Position;
import dev.tidemark.consumer.apply.Problem;
import dev.tidemark.model.TableId;
import java.time.Instant;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A partition of this instance: where it is read, or why it is not and when to try again. */
final class AssignedPartition {

    private static final Logger log = LoggerFactory.getLogger(AssignedPartition.class);

    private final TopicPartition partition;
    private @Nullable Feed feed;
    private @Nullable Position known;
    private @Nullable TableId wantedTable;
    private @Nullable Problem problem;
    private long awaited;
    private boolean homeless;
    private boolean unread;
    private int failures;
    private @Nullable Instant since;
    private Instant nextTry;

    AssignedPartition(TopicPartition partition, Instant now) {
        this.partition = partition;
        this.nextTry = now;
    }

    TopicPartition partition() {
        return partition;
    }

    /** What makes steps of its records; null while it is not known where to read it. */
    @Nullable
    Feed feed() {
        return feed;
    }

    /** The table that it cannot go on without, and whose description is looked for in the records to come; null if none is. */
    @Nullable
    TableId wantedTable() {
        return wantedTable;
    }

    /** Whether it is time to try again what did not go. */
    boolean isDue(Instant now) {
        return (feed == null || wantedTable != null) && !nextTry.isAfter(now);
    }

    /**
     * It is read from here on. If a record was the problem, that is one until it is applied. After a rewind nothing has been waited for yet.
     *
     * @param next when to ask for the table that it cannot go on without
     */
    void place(Feed place, Instant next) {
        feed = place;
        if (known != null && place.committed().nextOffset() < known.nextOffset()) {
            awaited = 0;
        }
        known = place.committed();
        nextTry = next;
        if (homeless) {
            homeless = false;
            succeed();
        }
    }

    /** There is no place to read it. */
    void failPlacing(Problem why, Instant now, Backoff backoff) {
        homeless = true;
        fail(why, now, backoff);
    }

    /** It was not for what was read that it failed. */
    void failReading(Problem why, Instant now, Backoff backoff) {
        fail(why, now, backoff);
        unread = true;
    }

    /** Whether it could not be read, and has been for a while since: there may be nothing new that could tell by being applied. */
    boolean isReadAgain(Instant now) {
        return unread && feed != null && !nextTry.isAfter(now);
    }

    /** What was read cannot be applied. The same problem is logged once, however often it is tried again. */
    void fail(Problem why, Instant now, Backoff backoff) {
        if (!why.equals(problem)) {
            log.warn(
                    "{} does not go on: kind={} table={} offset={} sqlState={} message={}",
                    partition,
                    why.kind(),
                    why.table(),
                    why.offset(),
                    why.sqlState(),
                    why.message());
        }
        unread = false;
        since = since == null ? now : since;
        problem = why;
        failures++;
        lose(now.plus(backoff.after(failures)));
    }

    /** It is not read until it has been placed again. */
    void lose(Instant next) {
        feed = null;
        wantedTable = null;
        nextTry = next;
    }

    /**
     * It is not read until more may have come that makes room for what was refused.
     *
     * @param offset before which nothing is waited for another time
     */
    void await(long offset, Instant next) {
        awaited = offset;
        lose(next);
    }

    /** Up to which offset it has been waited for what may come. */
    long awaited() {
        return awaited;
    }

    void advance(Position position) {
        known = position;
        if (feed != null) {
            feed.committed(position);
        }
    }

    void succeed() {
        unread = false;
        problem = null;
        failures = 0;
        since = null;
    }

    /** When it is read again, that is only to find the description of a table. */
    void want(TableId table) {
        wantedTable = table;
    }

    void tryAgain(Instant next) {
        nextTry = next;
    }

    PartitionStatus status() {
        return new PartitionStatus(known, problem, failures, since);
    }
}
