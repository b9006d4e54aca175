package dev.tidemark.producer.capture;

import dev.tidemark.model.Sequence;
import dev.tidemark.producer.publish.Intent;
import dev.tidemark.producer.source.PgSnapshot;
import dev.tidemark.producer.source.SourceIdentity;
import java.util.ArrayList;
import java.util.List;

/** Where the pipeline stands: up to which snapshot the log is published, the next sequence number, and the count of what was published. */
final class Ledger {

    private final long epoch;
    private final SourceIdentity source;
    private final long[] published;
    private PgSnapshot position;
    private long nextSequence;

    /** @param published how many rows of each time slot were ever published */
    Ledger(long epoch, SourceIdentity source, PgSnapshot position, List<Long> published) {
        this.epoch = epoch;
        this.source = source;
        this.position = position;
        this.published = published.stream().mapToLong(Long::longValue).toArray();
        this.nextSequence = Sequence.startOf(epoch) + 1;
    }

    long epoch() {
        return epoch;
    }

    /** All that this snapshot shows is published, once the tick in hand is. */
    PgSnapshot position() {
        return position;
    }

    void moveTo(PgSnapshot snapshot) {
        position = snapshot;
    }

    /** @return the first of so many new numbers */
    long take(int numbers) {
        long first = nextSequence;
        nextSequence += numbers;
        return first;
    }

    /** Counts the page as published, and says how it will be. */
    Intent intent(Tick tick, Page page) {
        for (LoggedChange change : page.changes()) {
            published[change.slot()]++;
        }
        return new Intent(
                epoch,
                source,
                tick.previous().text(),
                tick.current().text(),
                page.afterId(),
                page.endId(),
                page.changes().size(),
                take(page.changes().size()),
                publishedBySlot());
    }

    /** The same page under new numbers. */
    Intent renumbered(Intent intent) {
        return intent.adoptedBy(epoch, take(intent.rows()));
    }

    /** Says that all up to the position is published and nothing is under way. */
    Intent rest() {
        return new Intent(epoch, source, position.text(), position.text(), 0, 0, 0, nextSequence, publishedBySlot());
    }

    List<Long> publishedBySlot() {
        List<Long> counts = new ArrayList<>(published.length);
        for (long count : published) {
            counts.add(count);
        }
        return counts;
    }
}
