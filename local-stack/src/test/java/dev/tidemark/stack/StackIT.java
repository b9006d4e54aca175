package dev.tidemark.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class StackIT {

    private static Stack stack;

    @BeforeAll
    static void start() {
        stack = Stack.start();
    }

    @AfterAll
    static void close() {
        if (stack != null) {
            stack.close();
        }
    }

    @Test
    void databasesAreSeparateAndSynced() throws SQLException {
        assertThat(stack.source().port()).isNotEqualTo(stack.destination().port());
        assertThat(query(stack.source(), "SELECT system_identifier FROM pg_control_system()"))
                .isNotEqualTo(query(stack.destination(), "SELECT system_identifier FROM pg_control_system()"));
        assertThat(query(stack.source(), "SHOW fsync")).isEqualTo("on");
        assertThat(query(stack.source(), "SHOW max_prepared_transactions")).isEqualTo("10");
    }

    @Test
    void killedDatabaseComesBackWithWhatWasCommitted() throws SQLException {
        Database source = stack.source();
        String before = source.jdbcUrl();
        source.execute("CREATE TABLE killed (id int)");
        source.execute("INSERT INTO killed VALUES (42)");
        source.kill();
        source.start();
        assertThat(source.jdbcUrl()).isEqualTo(before);
        assertThat(query(source, "SELECT id FROM killed")).isEqualTo("42");
    }

    @Test
    void stoppedDatabaseComesBack() throws SQLException {
        Database destination = stack.destination();
        destination.execute("CREATE TABLE stopped (id int)");
        destination.stop();
        destination.stop();
        destination.start();
        assertThat(query(destination, "SELECT count(*) FROM stopped")).isEqualTo("0");
    }

    @Test
    void suspendedDatabaseAnswersLater() throws SQLException {
        Database destination = stack.destination();
        destination.suspend();
        try {
            assertThat(EmbeddedDatabase.answers(destination.jdbcUrl(), destination.user(), destination.password()))
                    .isFalse();
        } finally {
            destination.resume();
        }
        assertThat(query(destination, "SELECT 1")).isEqualTo("1");
    }

    @Test
    void killedBrokerComesBackWithWhatWasAcknowledged() throws Exception {
        Broker broker = stack.broker();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic("killed", 1, (short) 1)))
                    .all()
                    .get();
        }
        Map<String, Object> config = Map.of("bootstrap.servers", broker.bootstrapServers(), "acks", "all");
        try (var producer = new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>("killed", "key", "value")).get();
            broker.kill();
            broker.start();
            producer.send(new ProducerRecord<>("killed", "key", "after")).get();
        }
        assertThat(values(broker, "killed")).containsExactly("value", "after");
    }

    @Test
    void stoppedBrokerComesBack() {
        stack.broker().stop();
        assertThat(BrokerProbe.answers(stack.broker().bootstrapServers())).isFalse();
        stack.broker().start();
        assertThat(BrokerProbe.answers(stack.broker().bootstrapServers())).isTrue();
    }

    private static List<String> values(Broker broker, String topic) {
        Map<String, Object> config =
                Map.of("bootstrap.servers", broker.bootstrapServers(), "auto.offset.reset", "earliest");
        try (var consumer = new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            List<String> values = new ArrayList<>();
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofSeconds(5)).forEach(one -> values.add(one.value()));
            }
            return values;
        }
    }

    private static String query(Database database, String sql) throws SQLException {
        try (Connection connection = database.connect();
                ResultSet rows = connection.createStatement().executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
