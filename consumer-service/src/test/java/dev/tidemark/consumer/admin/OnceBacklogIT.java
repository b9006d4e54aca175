package dev.tidemark.consumer.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.consumer.apply.OffsetStore;
import dev.tidemark.consumer.apply.TestDestination;
import dev.tidemark.model.TopicNames;
import java.sql.SQLException;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a run that ends by itself has still to do, by what Kafka and the destination say. */
class OnceBacklogIT {

    private static final String TOPIC = "shop.public.orders";
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);

    @RegisterExtension
    static final TestDestination destination = TestDestination.create();

    private final FakeTopics topics = new FakeTopics(TOPIC);
    private final OffsetStore offsets = new OffsetStore(destination.dataSource());

    @Test
    void isWhatWasThereWhenItWasFirstAskedFor() throws SQLException {
        OnceBacklog backlog = backlog();
        assertThat(backlog.missing()).isEqualTo(Map.of(TOPIC + "-0", 10L));
        topics.end = 20;
        applied(4);
        assertThat(backlog.missing()).isEqualTo(Map.of(TOPIC + "-0", 6L));
        applied(12);
        assertThat(backlog.missing()).isEmpty();
        assertThat(backlog().missing()).isEqualTo(Map.of(TOPIC + "-0", 8L));
    }

    @Test
    void doesNotTakeATopicForAnOlderOneOfItsName() throws SQLException {
        applied(15);
        topics.id = "anew";
        assertThat(backlog().missing()).isEqualTo(Map.of(TOPIC + "-0", 10L));
    }

    @Test
    void isNotOverWhereKafkaHasLostWhatIsApplied() throws SQLException {
        applied(15);
        assertThat(backlog().missing()).containsOnlyKeys(TOPIC + "-0");
    }

    private OnceBacklog backlog() {
        return new OnceBacklog(topics, new TopicNames("shop"), offsets);
    }

    private void applied(long nextOffset) throws SQLException {
        offsets.claim(Map.of(PARTITION, "id"));
        destination.execute("UPDATE cdc.applied_offset SET next_offset = " + nextOffset);
    }
}
