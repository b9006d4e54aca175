package dev.tidemark.producer.publish;

import dev.tidemark.producer.source.SourceIdentity;
import java.util.List;

/**
 * A page of the change log that is about to be sent, written and acknowledged before its first event. The log is immutable and the snapshots are fixed, so
 * whoever finds an intent can read and send its page again exactly, with the same numbers. An intent also says that all before it has been acknowledged.
 *
 * @param epoch the incarnation of the producer that wrote it
 * @param source the server that the snapshots belong to
 * @param previous the snapshot up to which the log was published before this tick
 * @param current the snapshot up to which this tick goes
 * @param lastId the page holds the tick's rows above this id
 * @param endId up to this one; the page is empty if they are the same
 * @param rows how many rows the page has
 * @param firstSequence the number of the page's first row
 * @param published how many rows of each time slot of the log were ever published, this page included
 */
public record Intent(
        long epoch,
        SourceIdentity source,
        String previous,
        String current,
        long lastId,
        long endId,
        int rows,
        long firstSequence,
        List<Long> published) {

    /** Whether there are events to send again. */
    public boolean hasPage() {
        return rows > 0;
    }

    /** The same page in the hands of another incarnation, with numbers of its choice. */
    public Intent adoptedBy(long newEpoch, long newFirstSequence) {
        return new Intent(newEpoch, source, previous, current, lastId, endId, rows, newFirstSequence, published);
    }
}
