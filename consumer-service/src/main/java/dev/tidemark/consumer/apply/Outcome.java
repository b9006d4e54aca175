package dev.tidemark.consumer.apply;

import dev.tidemark.consumer.apply.CarefulWriter.Failure;
import dev.tidemark.consumer.apply.Step.Truncation;
import dev.tidemark.consumer.deadletter.RefusedEvent;
import dev.tidemark.model.ChangeEvent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What became of a piece of a partition.
 *
 * @param done how many of its steps are committed, from the first on: applied, or refused and kept as dead letters
 * @param verdicts which events of these are refused
 * @param problem why the next one is not; null if all are, or if the next one waits for what may come behind the piece
 * @param missingTable whether the problem is that the destination lacks the table
 */
public record Outcome(
        PartitionBatch batch,
        int done,
        Verdicts verdicts,
        @Nullable Problem problem,
        boolean missingTable) {

    static Outcome complete(PartitionBatch batch, Verdicts verdicts) {
        return new Outcome(batch, batch.steps().size(), verdicts, null, false);
    }

    /** Nothing is done. */
    static Outcome failed(PartitionBatch batch, Exception error) {
        return new Outcome(batch, 0, new Verdicts(batch), Problem.of(error), error instanceof MissingTableException);
    }

    /**
     * The first steps of a piece are committed.
     *
     * @param failure why no more are; null if all are
     */
    static Outcome of(PartitionBatch whole, PartitionBatch committed, Verdicts verdicts, @Nullable Failure failure) {
        return new Outcome(
                whole,
                committed.steps().size(),
                verdicts,
                failure == null ? null : failure.problem(),
                failure != null && failure.error() instanceof MissingTableException);
    }

    public TopicPartition partition() {
        return batch.partition();
    }

    /** Where the partition stands now. */
    public Position reached() {
        return batch.after(done);
    }

    /** Whether the next step waits for what may come behind the piece. */
    public boolean isEarly() {
        return problem == null && done < batch.steps().size();
    }

    /** The events that are applied. */
    public List<ChangeEvent> applied() {
        List<ChangeEvent> events = new ArrayList<>();
        for (Step step : batch.steps().subList(0, done)) {
            if (step instanceof Truncation truncation) {
                events.add(truncation.event());
            }
            verdicts.acceptedOf(step).forEach(change -> events.add(change.event()));
        }
        return events;
    }

    /** The events that are dead letters now. */
    public Collection<RefusedEvent> refused() {
        return verdicts.refused();
    }
}
