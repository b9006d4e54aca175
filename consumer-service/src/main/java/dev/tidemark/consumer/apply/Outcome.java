package dev.tidemark.consumer.apply;

import dev.tidemark.model.ChangeEvent;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What became of a piece of a partition.
 *
 * @param applied how many of its steps are applied and committed, from the first on
 * @param problem why the next one is not; null if all are
 * @param missingTable whether the problem is that the destination lacks the table
 */
public record Outcome(
        PartitionBatch batch, int applied, @Nullable Problem problem, boolean missingTable) {

    static Outcome complete(PartitionBatch batch) {
        return new Outcome(batch, batch.steps().size(), null, false);
    }

    static Outcome failed(PartitionBatch batch, int applied, Problem problem, Throwable error) {
        return new Outcome(batch, applied, problem, error instanceof MissingTableException);
    }

    public TopicPartition partition() {
        return batch.partition();
    }

    /** Where the partition stands now. */
    public Position reached() {
        return batch.after(applied);
    }

    /** The events that are applied. */
    public List<ChangeEvent> events() {
        return batch.steps().subList(0, applied).stream()
                .flatMap(step -> step.events().stream())
                .toList();
    }
}
