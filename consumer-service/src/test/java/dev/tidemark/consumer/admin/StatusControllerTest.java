package dev.tidemark.consumer.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.consumer.apply.OffsetStore;
import dev.tidemark.consumer.apply.Targets;
import dev.tidemark.consumer.ingest.IngestProperties;
import dev.tidemark.consumer.ingest.Observed;
import dev.tidemark.consumer.ingest.PipelineStatus;
import dev.tidemark.consumer.ingest.Topics.Member;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.jdbc.datasource.AbstractDataSource;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.util.unit.DataSize;

/** The page while the destination is away: nobody knows of that before it is asked. */
class StatusControllerTest {

    private static final String TOPIC = "shop.public.orders";
    private static final TopicPartition OWN = new TopicPartition(TOPIC, 0);

    private final FakeTopics topics = new FakeTopics(TOPIC);
    private final Clock clock = Clock.systemUTC();
    private final PipelineStatus status = Observed.assigned(OWN, clock);

    private StatusView page() {
        KafkaProperties kafka = new KafkaProperties();
        kafka.getConsumer().setGroupId("shop");
        Duration second = Duration.ofSeconds(1);
        IngestProperties properties =
                new IngestProperties(DataSize.ofMegabytes(1), second, second, second, second, second);
        return new StatusController(
                        status,
                        new Obstacles(status, properties, clock),
                        new OffsetStore(new Away()),
                        topics,
                        Targets.asAtTheSource(),
                        new Instance("this", null, null),
                        kafka)
                .status(new MockHttpServletRequest());
    }

    @Test
    void showsTheOthersWhileOnlyTheDestinationIsAway() {
        topics.members.add(new Member("other", "/10.0.0.7", Set.of(new TopicPartition(TOPIC, 1))));
        StatusView page = page();
        assertThat(page.error()).contains("The destination does not answer");
        assertThat(page.partitions().get(0).endOffset()).isEqualTo(10);
        assertThat(page.others()).extracting(StatusView.Other::clientId).containsExactly("other");
    }

    @Test
    void asksKafkaOnceWhereItDoesNotAnswer() {
        topics.away = true;
        StatusView page = page();
        assertThat(page.error()).contains("The destination does not answer").contains("Kafka is away");
        assertThat(page.others()).isEmpty();
        assertThat(topics.asked).isOne();
    }

    private static final class Away extends AbstractDataSource {

        @Override
        public Connection getConnection() throws SQLException {
            throw new SQLException("refused", "08001");
        }

        @Override
        public Connection getConnection(String user, String password) throws SQLException {
            return getConnection();
        }
    }
}
