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
 */
public record PartitionBatch(TopicPartition partition, String topicId, Position start, List<Step> steps, Position end) {

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
