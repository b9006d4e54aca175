package dev.tidemark.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.model.Marker;
import dev.tidemark.model.Marker.ColumnType;
import dev.tidemark.model.MarkerCodec;
import dev.tidemark.model.Operation;
import dev.tidemark.stack.EmbeddedBroker;
import dev.tidemark.stack.EmbeddedDatabase;
import dev.tidemark.stack.StackOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/** The whole service with a real destination and a real broker, which come and go. */
class ConsumerServiceIT {

    private static final Duration LONG_ENOUGH = Duration.ofSeconds(40);

    private static EmbeddedDatabase database;
    private static EmbeddedBroker broker;

    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeAll
    static void start() {
        database = EmbeddedDatabase.start("destination");
        broker = EmbeddedBroker.start(StackOptions.defaults());
    }

    @AfterAll
    static void stop() {
        broker.close();
        database.close();
    }

    private static ConfigurableApplicationContext service(String... options) {
        Stream<String> all = Stream.concat(
                Stream.of(
                        "--spring.datasource.url=" + database.jdbcUrl(),
                        "--spring.datasource.username=" + database.user(),
                        "--spring.datasource.password=" + database.password(),
                        "--spring.kafka.bootstrap-servers=" + broker.bootstrapServers(),
                        "--cdc.ingest.check-interval=200ms",
                        "--server.port=0"),
                Stream.of(options));
        return new SpringApplicationBuilder(ConsumerApplication.class).run(all.toArray(String[]::new));
    }

    private HttpResponse<String> get(ConfigurableApplicationContext service, String path) {
        return call(service, "GET", "/actuator/" + path);
    }

    private HttpResponse<String> call(ConfigurableApplicationContext service, String method, String path) {
        int port = ((WebServerApplicationContext) service).getWebServer().getPort();
        try {
            return http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                            .method(method, HttpRequest.BodyPublishers.noBody())
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static void createTopic(String topic) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(topic, Optional.of(1), Optional.empty())))
                    .all()
                    .get();
        }
    }

    private static void send(String topic, long sequence, int id, String name) throws Exception {
        Events events = Events.of(topic.substring("tidemark.".length()));
        byte[] value = events.value(Operation.UPDATE, sequence, "{'id':%d,'name':'%s'}".formatted(id, name));
        send(new ProducerRecord<>(topic, Events.utf8("{\"id\":" + id + "}"), value));
    }

    private static void send(ProducerRecord<byte[], byte[]> record) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(record).get();
        }
    }

    private static String names() {
        return value("SELECT string_agg(name, ',' ORDER BY id) FROM people");
    }

    private static String value(String query) {
        try (var connection = database.connect();
                var statement = connection.createStatement();
                var row = statement.executeQuery(query)) {
            row.next();
            return String.valueOf(row.getString(1));
        } catch (SQLException e) {
            return e.getMessage();
        }
    }

    private static void await(String what, Callable<Boolean> condition) {
        Awaitility.await(what).atMost(LONG_ENOUGH).until(condition);
    }

    @Test
    void worksFromWhenItCanAndSaysSo() throws Exception {
        database.execute("CREATE TABLE people (id int PRIMARY KEY, name varchar(5))");
        database.stop();
        broker.stop();
        try (ConfigurableApplicationContext service = service()) {
            assertThat(get(service, "health/liveness").statusCode()).isEqualTo(200);
            await("the cause", () -> get(service, "health").body().contains("refused"));
            assertThat(get(service, "health").statusCode()).isEqualTo(503);
            assertThat(get(service, "health/readiness").statusCode())
                    .as("it can be asked")
                    .isEqualTo(200);
            database.start();
            broker.start();
            await("health", () -> get(service, "health").statusCode() == 200);

            createTopic("tidemark.public.people");
            send("tidemark.public.people", 1, 1, "a");
            await("the first row", () -> names().equals("a"));
            send("tidemark.public.people", 2, 2, "b");
            await("the second row", () -> names().equals("a,b"));
            assertThat(get(service, "offset").body())
                    .contains("\"topic\":\"tidemark.public.people\"", "\"nextOffset\":2", "\"lastSequence\":2");
            assertThat(get(service, "lag").body()).contains("\"records\":0", "\"p99\":");
            assertThat(get(service, "prometheus").body())
                    .contains(
                            "cdc_events_applied_total{operation=\"update\",pipeline=\"tidemark\",table=\"public.people\"} 2.0",
                            "cdc_delay_seconds_bucket",
                            "cdc_destination_up{pipeline=\"tidemark\"} 1.0");

            send("tidemark.public.people", 3, 3, "toolong");
            await("the refusal", () -> get(service, "dlq").body().contains("\"open\":1"));
            assertThat(call(service, "POST", "/admin/dead-letters/1/replay").body())
                    .contains("\"sqlState\":\"22001\"", "\"causeClass\":\"value\"");
            database.execute("ALTER TABLE people ALTER name TYPE text");
            assertThat(call(service, "POST", "/admin/dead-letters/1/replay").statusCode())
                    .isEqualTo(200);
            assertThat(names()).isEqualTo("a,b,toolong");
            await("health", () -> get(service, "health").statusCode() == 200);

            database.stop();
            send("tidemark.public.people", 4, 4, "d");
            await("bad health", () -> get(service, "health").statusCode() == 503);
            database.start();
            await("the row that waited", () -> names().equals("a,b,toolong,d"));

            broker.stop();
            await("bad health", () -> get(service, "health").statusCode() == 503);
            broker.start();
            send("tidemark.public.people", 5, 5, "e");
            await("the row after the broker came back", () -> names().equals("a,b,toolong,d,e"));
        }
    }

    /** Kafka takes the partitions from a consumer that does not come by for {@code max.poll.interval.ms}. */
    @Test
    void altersATableOnceHoweverLongThatTakes() throws Exception {
        database.execute("""
                CREATE TABLE pets (id int PRIMARY KEY);
                CREATE TABLE done (at timestamptz);
                CREATE FUNCTION altering() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
                  WHILE current_query() LIKE '%pets%' AND NOT EXISTS (SELECT FROM public.done) LOOP
                    PERFORM pg_sleep(0.01);
                  END LOOP;
                END $$;
                CREATE EVENT TRIGGER altering ON ddl_command_start WHEN TAG IN ('ALTER TABLE') EXECUTE FUNCTION altering();
                ALTER EVENT TRIGGER altering ENABLE ALWAYS;
                """);
        String topic = "tidemark.public.pets";
        createTopic(topic);
        ColumnType id = new ColumnType("id", "integer", true, false, 1, 1);
        ColumnType name = new ColumnType("name", "text", false, false, 0, 2);
        Marker marker = new Marker.SchemaChange(1, "public", "pets", List.of(id), List.of(id, name));
        try (ConfigurableApplicationContext service = service(
                "--cdc.sink.schema-changes=apply", "--spring.kafka.consumer.properties.max.poll.interval.ms=1000")) {
            await(
                    "the consumer",
                    () -> value("SELECT next_offset FROM cdc.applied_offset WHERE topic = '" + topic + "'")
                            .equals("0"));
            send(new ProducerRecord<>(
                    topic,
                    null,
                    MarkerCodec.key(),
                    null,
                    List.of(new RecordHeader(Marker.HEADER, MarkerCodec.write(marker)))));
            await(
                    "the alteration",
                    () -> value("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'ALTER%'")
                            .equals("1"));
            await("the consumer to be given up", () -> members() == 0);
            database.execute("INSERT INTO done VALUES (now())");

            send(topic, 2, 1, "a");
            await("the row", () -> value("SELECT name FROM pets").equals("a"));
            assertThat(value("SELECT next_offset FROM cdc.applied_offset WHERE topic = '" + topic + "'"))
                    .isEqualTo("2");
            await("health", () -> get(service, "health").statusCode() == 200);
        }
    }

    private static int members() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            return admin.describeConsumerGroups(List.of("tidemark-tidemark"))
                    .describedGroups()
                    .get("tidemark-tidemark")
                    .get()
                    .members()
                    .size();
        }
    }
}
