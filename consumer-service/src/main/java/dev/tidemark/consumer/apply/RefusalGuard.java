package dev.tidemark.consumer.apply;

import dev.tidemark.consumer.apply.CarefulWriter.Failure;
import dev.tidemark.consumer.apply.Step.Chunk;
import dev.tidemark.consumer.deadletter.RefusedEvent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Notices when so many of a partition's latest events are refused that the fault is hardly with the rows. */
final class RefusalGuard {

    private final int window;
    private final double maxShare;
    private final Map<TopicPartition, RefusalWindow> windows = new HashMap<>();

    /**
     * @param window how many events to look at
     * @param maxShare the share of these that may be refused
     */
    RefusalGuard(int window, double maxShare) {
        this.window = window;
        this.maxShare = maxShare;
    }

    /** @return the first step with which too many are refused, or -1 */
    int excess(PartitionBatch batch, Verdicts verdicts) {
        if (verdicts.isEmpty()) {
            return -1;
        }
        RefusalWindow trial = window(batch.partition()).copy();
        for (int i = 0; i < batch.steps().size(); i++) {
            for (Long offset : offsets(batch.steps().get(i))) {
                trial.add(verdicts.isRefused(offset));
            }
            if (trial.refused() > maxShare * window) {
                return i;
            }
        }
        return -1;
    }

    /** Remembers what was committed. */
    void count(Outcome outcome) {
        RefusalWindow known = windows.get(outcome.partition());
        if (known == null && outcome.verdicts().isEmpty()) {
            return;
        }
        RefusalWindow counted = window(outcome.partition());
        for (Step step : outcome.batch().steps().subList(0, outcome.done())) {
            offsets(step).forEach(offset -> counted.add(outcome.verdicts().isRefused(offset)));
        }
        if (counted.refused() == 0) {
            windows.remove(outcome.partition());
        }
    }

    private RefusalWindow window(TopicPartition partition) {
        return windows.computeIfAbsent(partition, p -> new RefusalWindow(window));
    }

    /** @return why the partition stops, and where; null if it does not */
    @Nullable
    Failure failure(PartitionBatch batch, Verdicts verdicts) {
        int excess = excess(batch, verdicts);
        if (excess < 0) {
            return null;
        }
        Problem problem = problem(batch.steps().get(excess), verdicts);
        return new Failure(excess, problem, new EnvironmentException(problem.message()));
    }

    private Problem problem(Step step, Verdicts verdicts) {
        String example = verdicts.refused().stream()
                .filter(refused -> refused.record().offset() >= step.offset())
                .map(RefusedEvent::refusal)
                .map(refusal -> refusal.causeClass().code() + ", " + refusal.cause())
                .findFirst()
                .orElse("unknown");
        String message = ("More than %.0f %% of the last %d events would be refused, the next one for: %s."
                        + " The table is stopped rather than filling the dead letters: set right what refuses them,"
                        + " or raise cdc.dead-letters.max-share to take them all for dead letters")
                .formatted(maxShare * 100, window, example);
        return new Problem(ErrorKind.REFUSALS, step.offset(), step.table(), null, null, message);
    }

    private static List<Long> offsets(Step step) {
        return step instanceof Chunk chunk
                ? chunk.rows().stream().map(Step::offset).toList()
                : List.of(step.offset());
    }
}
