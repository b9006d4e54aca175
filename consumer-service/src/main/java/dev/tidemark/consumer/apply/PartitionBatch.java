package dev.tidemark.consumer.apply;

import java.util.List;
import org.apache.kafka.common.TopicPartition;

/**
 * A piece of a partition.
 *
 * @param topicId Kafka's id of the topic, which is another one when the topic was made anew
 * @param start where the partition has to stand in the destination for the piece to be applied
 * @param steps what to apply, in order
 * @param end where the partition stands afterwards
 * @param awaited up to which offset steps have already been waited for, so that a row that is refused before it is refused for good: what could have
 *     made room for it has not come
 */
public record PartitionBatch(
        TopicPartition partition, String topicId, Position start, List<Step> steps, Position end, long awaited) {

    public PartitionBatch(TopicPartition partition, String topicId, Position start, List<Step> steps, Position end) {
        this(partition, topicId, start, steps, end, 0);
    }

    /** The same piece, waited for up to an offset. */
    public PartitionBatch awaited(long offset) {
        return new PartitionBatch(partition, topicId, start, steps, end, offset);
    }

    /** The first steps alone. */
    PartitionBatch first(int count) {
        return new PartitionBatch(partition, topicId, start, steps.subList(0, count), after(count), awaited);
    }

    /** Where the partition stands when the first steps are applied. */
    Position after(int applied) {
        if (applied == steps.size()) {
            return end;
        }
        long lastSequence =
                applied == 0 ? start.lastSequence() : steps.get(applied - 1).sequence();
        return new Position(
                applied == 0 ? start.nextOffset() : steps.get(applied).offset(), lastSequence);
    }
}
