package dev.tidemark.consumer.admin;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.consumer.apply.OffsetStore;
import dev.tidemark.consumer.apply.TestDestination;
import dev.tidemark.consumer.ingest.Topics;
import dev.tidemark.model.TopicNames;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a run that ends by itself has still to do, by what Kafka and the destination say. */
class OnceBacklogIT {

    private static final String TOPIC = "shop.public.orders";
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);

    @RegisterExtension
    static final TestDestination destination = TestDestination.create();

    private final FakeTopics topics = new FakeTopics();
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

    /** One topic of the pipeline, and others. */
    private static final class FakeTopics implements Topics {

        private String id = "id";
        private long end = 10;

        @Override
        public Set<String> names() {
            return Set.of(TOPIC, TopicNames.deadLetters(TOPIC), "shop.offsets", "other.public.orders");
        }

        @Override
        public Map<String, Description> describe(Collection<String> names) {
            return names.stream().collect(toMap(name -> name, name -> new Description(id, 1)));
        }

        @Override
        public Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions) {
            return partitions.stream().collect(toMap(partition -> partition, partition -> end));
        }

        @Override
        public Map<TopicPartition, Long> begins(Collection<TopicPartition> partitions) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Map<TopicPartition, Long> at(Map<TopicPartition, Instant> times) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<Member> members(String group) {
            return List.of();
        }

        @Override
        public void check() {}
    }
}
