package dev.tidemark.consumer.apply;

import dev.tidemark.consumer.apply.Step.Chunk;
import dev.tidemark.consumer.apply.Step.RowChange;
import dev.tidemark.consumer.apply.Step.Unreadable;
import dev.tidemark.consumer.deadletter.Refusal;
import dev.tidemark.consumer.deadletter.RefusedEvent;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Which events of a piece of a partition are refused, and why. What is not among them is to be applied. */
public final class Verdicts {

    private final String topicId;
    private final SortedMap<Long, RefusedEvent> refused = new TreeMap<>();

    Verdicts(PartitionBatch batch) {
        this(batch.topicId());
    }

    Verdicts(String topicId) {
        this.topicId = topicId;
    }

    void refuse(RowChange change, Refusal refusal) {
        refused.put(change.offset(), new RefusedEvent(change.record(), topicId, change.event(), refusal));
    }

    void refuse(Unreadable record) {
        refused.put(
                record.offset(),
                new RefusedEvent(record.record(), topicId, null, Refusal.undecodable(record.reason())));
    }

    boolean isEmpty() {
        return refused.isEmpty();
    }

    boolean isRefused(long offset) {
        return !refused.isEmpty() && refused.containsKey(offset);
    }

    /** Why an event is refused; null if it is not. */
    @Nullable
    Refusal refusal(long offset) {
        RefusedEvent found = refused.get(offset);
        return found == null ? null : found.refusal();
    }

    /** What is not refused of some changes, in order. */
    List<RowChange> accepted(List<RowChange> changes) {
        return refused.isEmpty()
                ? changes
                : changes.stream()
                        .filter(change -> !refused.containsKey(change.offset()))
                        .toList();
    }

    /** What is refused, by offset. */
    Collection<RefusedEvent> refused() {
        return refused.values();
    }

    /** The rows of the step that are not refused. */
    List<RowChange> acceptedOf(Step step) {
        if (step instanceof Chunk chunk) {
            return accepted(chunk.rows());
        }
        return step instanceof RowChange change && !isRefused(change.offset()) ? List.of(change) : List.of();
    }
}
