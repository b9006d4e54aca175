package dev.tidemark.consumer.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.consumer.ConsumerApplication;
import dev.tidemark.consumer.deadletter.Replays;
import dev.tidemark.stack.EmbeddedBroker;
import dev.tidemark.stack.EmbeddedDatabase;
import dev.tidemark.stack.StackOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;

/** What the whole service says of dead letters, while the destination and Kafka come and go. */
class DlqServiceIT {

    private static final String LETTER = """
            INSERT INTO cdc.dead_letter (topic, partition, record_offset, topic_id, table_name, key, operation, sequence, record_key, record_value,
              cause_class, cause, sql_state, message)
            VALUES ('tidemark.public.people', 0, %1$d, 'id', 'public.people', '{"id" : %1$d}', 'u', %1$d, '{"id" : %1$d}', '{"op":"u","after":{"id":%1$d}}',
              'value', 'name varchar(5)', '22001', 'value too long for type character varying(5)')
            """;

    private static EmbeddedDatabase database;
    private static EmbeddedBroker broker;

    private final HttpClient http = HttpClient.newHttpClient();

    @Configuration(proxyBeanMethods = false)
    static class WithoutApplying {
        @Bean
        @Primary
        Replays noReplays() {
            return new FakeReplays();
        }
    }

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

    private static ConfigurableApplicationContext service() {
        return new SpringApplicationBuilder(ConsumerApplication.class, WithoutApplying.class)
                .run(
                        "--spring.datasource.url=" + database.jdbcUrl(),
                        "--spring.datasource.username=" + database.user(),
                        "--spring.datasource.password=" + database.password(),
                        "--spring.datasource.hikari.connection-timeout=1000",
                        "--spring.kafka.bootstrap-servers=" + broker.bootstrapServers(),
                        "--cdc.ingest.check-interval=200ms",
                        "--server.port=0");
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

    private String get(ConfigurableApplicationContext service, String path) {
        return call(service, "GET", path).body();
    }

    private static void await(String what, Callable<Boolean> condition) {
        Awaitility.await(what).atMost(Duration.ofSeconds(60)).until(condition);
    }

    @Test
    void countsPublishesAndAnswersAndSaysWhatIsAway() {
        try (ConfigurableApplicationContext service = service()) {
            await(
                    "the migration",
                    () -> call(service, "GET", "/admin/dead-letters").statusCode() == 200);
            database.execute(LETTER.formatted(1));
            await("the letter in Kafka", () -> get(service, "/actuator/dlq").contains("\"unpublished\":0"));
            assertThat(get(service, "/actuator/dlq"))
                    .contains("\"open\":1", "\"oldestOpenSeconds\":")
                    .contains("{\"table\":\"public.people\",\"causeClass\":\"value\",\"state\":\"open\",\"letters\":1}")
                    .contains("\"publishing\":{\"published\":1,\"failures\":0,\"unsendable\":0}");
            await(
                    "the gauge",
                    () -> get(service, "/actuator/prometheus")
                            .contains(
                                    "cdc_dead_letters_open{cause=\"value\",pipeline=\"tidemark\",table=\"public.people\"} 1.0"));
            assertThat(get(service, "/admin/dead-letters"))
                    .contains("\"key\":{\"id\" : 1}", "\"firstSeenAt\":\"20", "\"publishedAt\":\"20");
            HttpResponse<String> replayed = call(service, "POST", "/admin/dead-letters/1/replay");
            assertThat(replayed.statusCode()).as(replayed.body()).isEqualTo(200);
            assertThat(get(service, "/actuator/prometheus"))
                    .contains("cdc_dead_letters_replayed_total{pipeline=\"tidemark\",result=\"replayed\"} 1.0")
                    .contains(
                            "cdc_dead_letters_published_total{pipeline=\"tidemark\"} 1.0",
                            "cdc_dead_letters_publish_failures_total{pipeline=\"tidemark\"} 0.0");
            HttpResponse<String> unknown = call(service, "POST", "/admin/dead-letters/1/nothing");
            assertThat(unknown.statusCode()).isEqualTo(404);
            assertThat(unknown.headers().firstValue("Content-Type")).contains("application/problem+json");

            broker.stop();
            database.execute(LETTER.formatted(2));
            await("the failure", () -> get(service, "/actuator/dlq").contains("\"error\":"));
            assertThat(get(service, "/actuator/dlq")).contains("\"open\":2", "\"unpublished\":1");
            broker.start();
            await(
                    "the second letter in Kafka",
                    () -> get(service, "/actuator/dlq").contains("\"unpublished\":0"));
            assertThat(get(service, "/actuator/dlq")).doesNotContain("\"error\":");

            database.stop();
            HttpResponse<String> away = call(service, "GET", "/actuator/dlq");
            assertThat(away.statusCode()).isEqualTo(200);
            assertThat(away.body()).contains("\"letters\":[]", "\"error\":\"");
            assertThat(call(service, "GET", "/admin/dead-letters").statusCode()).isEqualTo(503);
            assertThat(get(service, "/actuator/prometheus"))
                    .contains(
                            "cdc_dead_letters_open{cause=\"value\",pipeline=\"tidemark\",table=\"public.people\"} 2.0");
            database.start();
            await(
                    "the database",
                    () -> call(service, "GET", "/admin/dead-letters").statusCode() == 200);
        }
    }
}
