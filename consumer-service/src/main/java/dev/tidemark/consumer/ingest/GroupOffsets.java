package dev.tidemark.consumer.ingest;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** Tells Kafka now and then how far the group is, after the fact, for tools that show lag. Nothing is ever read from there. */
final class GroupOffsets {

    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final Clock clock;
    private final Map<TopicPartition, Long> told = new HashMap<>();
    private Instant next = Instant.MIN;

    GroupOffsets(Clock clock) {
        this.clock = clock;
    }

    void tell(Map<TopicPartition, Long> offsets, Consumer<?, ?> consumer) {
        Instant now = clock.instant();
        if (now.isBefore(next)) {
            return;
        }
        next = now.plus(INTERVAL);
        Map<TopicPartition, OffsetAndMetadata> news = new HashMap<>();
        offsets.forEach((partition, offset) -> {
            if (!offset.equals(told.put(partition, offset))) {
                news.put(partition, new OffsetAndMetadata(offset));
            }
        });
        if (!news.isEmpty()) {
            consumer.commitAsync(news, (ignored, error) -> {
                if (error != null) {
                    news.keySet().forEach(told::remove);
                }
            });
        }
    }
}
