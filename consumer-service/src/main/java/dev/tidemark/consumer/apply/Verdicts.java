package dev.tidemark.consumer.apply;

import dev.tidemark.consumer.apply.Step.Chunk;
import dev.tidemark.consumer.apply.Step.RowChange;
import dev.tidemark.consumer.apply.Step.Unreadable;
import dev.tidemark.consumer.deadletter.CauseClass;
import dev.tidemark.consumer.deadletter.Refusal;
import dev.tidemark.consumer.deadletter.RefusedEvent;
import java.util.ArrayList;
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
        Refusal refusal = new Refusal(CauseClass.UNDECODABLE, "no change event", null, null, record.reason());
        refused.put(record.offset(), new RefusedEvent(record.record(), topicId, null, refusal));
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

    /** The rows of these steps that are not refused. */
    List<RowChange> acceptedOf(List<Step> steps) {
        List<RowChange> accepted = new ArrayList<>();
        for (Step step : steps) {
            if (step instanceof Chunk chunk) {
                accepted.addAll(accepted(chunk.rows()));
            } else if (step instanceof RowChange change && !isRefused(change.offset())) {
                accepted.add(change);
            }
        }
        return accepted;
    }
}
