package dev.tidemark.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.model.Operation;
import dev.tidemark.stack.EmbeddedBroker;
import dev.tidemark.stack.EmbeddedDatabase;
import dev.tidemark.stack.StackOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What an operator does to the whole service, over HTTP. */
class ConsumerAdminIT {

    private static final String TOPIC = "tidemark.public.people";

    private static EmbeddedDatabase database;
    private static EmbeddedBroker broker;
    private static KafkaProducer<byte[], byte[]> producer;

    private final HttpClient http = HttpClient.newHttpClient();
    private final Events people = Events.of("people");
    private final Instant begin = Instant.now();
    private ConfigurableApplicationContext service;

    @BeforeAll
    static void start() throws Exception {
        database = EmbeddedDatabase.start("destination");
        broker = EmbeddedBroker.start(StackOptions.defaults());
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        database.execute("CREATE TABLE people (id int PRIMARY KEY, name varchar(5))");
    }

    @AfterAll
    static void stop() {
        producer.close();
        broker.close();
        database.close();
    }

    @BeforeEach
    void begin() throws Exception {
        database.execute("TRUNCATE people");
        database.execute("DROP SCHEMA IF EXISTS cdc CASCADE");
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, Optional.of(1), Optional.empty())))
                    .all()
                    .get();
        }
        service = service();
        await("health", () -> call("GET", "/actuator/health").statusCode() == 200);
    }

    @AfterEach
    void end() throws Exception {
        service.close();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.deleteTopics(List.of(TOPIC)).all().get();
        }
    }

    private static ConfigurableApplicationContext service() {
        return new SpringApplicationBuilder(ConsumerApplication.class)
                .run(
                        "--spring.datasource.url=" + database.jdbcUrl(),
                        "--spring.datasource.username=" + database.user(),
                        "--spring.datasource.password=" + database.password(),
                        "--spring.kafka.bootstrap-servers=" + broker.bootstrapServers(),
                        "--cdc.ingest.check-interval=200ms",
                        "--server.port=0");
    }

    private HttpResponse<String> call(String method, String path, String body) throws Exception {
        return call(service, method, path, body);
    }

    private HttpResponse<String> call(String method, String path) throws Exception {
        return call(service, method, path, "");
    }

    private HttpResponse<String> call(ConfigurableApplicationContext which, String method, String path, String body)
            throws Exception {
        int port = ((WebServerApplicationContext) which).getWebServer().getPort();
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .method(method, HttpRequest.BodyPublishers.ofString(Events.json(body)));
        if (!body.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private JsonNode json(String method, String path) throws Exception {
        HttpResponse<String> answer = call(method, path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(answer.body());
    }

    private void problem(int status, String says, HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(answer.body()).contains(says);
    }

    /** Its record is as many seconds younger than the test as its sequence says. */
    private void person(long sequence, int id, String name) throws Exception {
        byte[] value = people.value(Operation.UPDATE, sequence, "{'id':%d,'name':'%s'}".formatted(id, name));
        producer.send(new ProducerRecord<>(
                        TOPIC, null, begin.toEpochMilli() + sequence * 1000, Events.utf8("{\"id\":" + id + "}"), value))
                .get();
    }

    private static String names() throws Exception {
        try (var connection = database.connect();
                var statement = connection.createStatement();
                var row = statement.executeQuery("SELECT string_agg(name, ',' ORDER BY id) FROM people")) {
            row.next();
            return String.valueOf(row.getString(1));
        }
    }

    private static void await(String what, Callable<Boolean> condition) {
        Awaitility.await(what).atMost(Duration.ofSeconds(40)).until(condition);
    }

    private JsonNode partition() throws Exception {
        return json("GET", "/admin/status").at("/partitions/0");
    }

    @Test
    void staysPausedOverARestartAndGoesOnWhereItStood() throws Exception {
        person(1, 1, "a");
        await("the first row", () -> names().equals("a"));
        JsonNode paused = json("POST", "/admin/pause");
        assertThat(paused.at("/paused").asBoolean()).isTrue();
        assertThat(paused.at("/by").asString()).isEqualTo("127.0.0.1");
        assertThat(json("POST", "/admin/pause")).isEqualTo(paused);
        await("the pause", () -> partition().at("/state").asString().equals("PAUSED"));
        person(2, 2, "b");
        assertThat(call("GET", "/actuator/health").body())
                .contains("\"paused\":\"paused by 127.0.0.1 since ", "\"DOWN\"", "\"assignedPartitions\":1");

        service.close();
        service = service();
        await("the assignment", () -> !partition().isMissingNode());
        JsonNode status = json("GET", "/admin/status");
        assertThat(status.at("/state").asString()).isEqualTo("PAUSED");
        assertThat(status.at("/paused/by").asString()).isEqualTo("127.0.0.1");
        assertThat(status.at("/lag").asLong()).isEqualTo(1);
        assertThat(partition().at("/nextOffset").asLong()).isEqualTo(1);
        assertThat(partition().at("/endOffset").asLong()).isEqualTo(2);
        assertThat(names()).isEqualTo("a");

        assertThat(json("POST", "/admin/resume").at("/paused").asBoolean(true)).isFalse();
        await("the second row", () -> names().equals("a,b"));
        await("health", () -> call("GET", "/actuator/health").statusCode() == 200);
        JsonNode running = json("GET", "/admin/status");
        assertThat(running.at("/state").asString()).isEqualTo("RUNNING");
        assertThat(running.at("/instance").asString()).isNotEmpty();
        assertThat(running.has("paused")).isFalse();
        assertThat(partition().at("/state").asString()).isEqualTo("STREAMING");
        assertThat(partition().at("/lastSequence").asLong()).isEqualTo(2);
        problem(400, "no parameters", call("POST", "/admin/pause?for=ever"));
        problem(405, "GET", call("GET", "/admin/pause"));
    }

    @Test
    void oneInstancePausesAllAndOneWithoutTopicsStandsBy() throws Exception {
        try (ConfigurableApplicationContext other = service()) {
            await("the other", () -> call(other, "GET", "/actuator/health", "").statusCode() == 200);
            await(
                    "one on standby",
                    () -> (call(other, "GET", "/admin/status", "").body()
                                    + call("GET", "/admin/status").body())
                            .contains("STANDBY"));
            JsonNode one = json("GET", "/admin/status");
            boolean standsBy = one.at("/state").asString().equals("STANDBY");
            JsonNode waiting = standsBy
                    ? one
                    : JsonMapper.shared()
                            .readTree(call(other, "GET", "/admin/status", "").body());
            assertThat(waiting.at("/others").size()).as(waiting.toString()).isEqualTo(1);
            assertThat(waiting.at("/others/0/host").asString()).isEqualTo("127.0.0.1");
            assertThat(waiting.at("/others/0/clientId").asString()).startsWith("consumer-tidemark-tidemark");
            assertThat(waiting.at("/others/0/partitions/0").asString()).isEqualTo(TOPIC + "-0");
            assertThat(call(standsBy ? other : service, "GET", "/admin/status", "")
                            .body())
                    .doesNotContain("others");
            call(other, "POST", "/admin/pause", "");
            await(
                    "both paused",
                    () -> json("GET", "/admin/status").at("/state").asString().equals("PAUSED"));
            person(1, 1, "a");
            call("POST", "/admin/resume");
            await("the row", () -> names().equals("a"));
        }
    }

    @Test
    void tellsWhatIsInTheWay() throws Exception {
        person(1, 1, "a");
        await("the first row", () -> names().equals("a"));
        database.execute("ALTER TABLE people RENAME TO elsewhere");
        person(2, 2, "b");
        await("the block", () -> partition().at("/state").asString().equals("BLOCKED"));
        JsonNode problem = partition().at("/problem");
        assertThat(problem.at("/kind").asString()).isEqualTo("ENVIRONMENT");
        assertThat(problem.at("/key/id").asInt()).isEqualTo(2);
        assertThat(problem.at("/message").asString()).contains("public.people");
        assertThat(problem.at("/failures").asInt()).isPositive();
        database.execute("ALTER TABLE elsewhere RENAME TO people");
        await("the second row", () -> names().equals("a,b"));

        database.stop();
        await(
                "the failure",
                () -> json("GET", "/admin/status").at("/state").asString().equals("FAILED"));
        assertThat(json("GET", "/admin/status").at("/cause/destination").asString())
                .isNotEmpty();
        problem(503, "sqlState", call("POST", "/admin/pause"));
        database.start();
        await("health", () -> call("GET", "/actuator/health").statusCode() == 200);
    }

    private static final String MOVE =
            "{'offsets':[{'partition':{'kafka_topic':'tidemark.public.people','kafka_partition':0},'offset':%s}]}";

    private HttpResponse<String> move(String offset) throws Exception {
        return call("PATCH", "/admin/offsets", MOVE.formatted(offset));
    }

    private long stands() throws Exception {
        return json("GET", "/admin/offsets")
                .at("/offsets/0/offset/kafka_offset")
                .asLong();
    }

    @Test
    void movesOffsetsWhilePaused() throws Exception {
        person(1, 1, "a");
        person(2, 2, "b");
        String between = begin.plusMillis(2500).toString();
        person(3, 1, "c");
        await("the rows", () -> names().equals("c,b"));
        assertThat(call("GET", "/admin/offsets").body())
                .isEqualTo(
                        Events.json(
                                "{'offsets':[{'partition':{'kafka_topic':'tidemark.public.people','kafka_partition':0},'offset':{'kafka_offset':3}}]}"));
        problem(409, "POST /admin/pause", move("{'kafka_offset':0}"));
        problem(409, "POST /admin/pause", call("DELETE", "/admin/offsets"));
        JsonNode dry = json("DELETE", "/admin/offsets?dry-run=true").at("/offsets/0");
        assertThat(dry.at("/offset/kafka_offset").asLong(-1)).isZero();
        assertThat(dry.at("/from").asLong()).isEqualTo(3);
        assertThat(dry.at("/again").asLong()).isEqualTo(3);
        assertThat(stands()).isEqualTo(3);

        call("POST", "/admin/pause");
        await("the pause", () -> partition().at("/state").asString().equals("PAUSED"));
        database.execute("UPDATE people SET name = 'wrong'");
        assertThat(move("{'timestamp':'" + between + "'}").body()).contains("\"again\":1,\"skipped\":0");
        assertThat(stands()).isEqualTo(2);
        assertThat(move("{'timestamp':'2100-01-01T00:00:00Z'}").body()).contains("\"again\":0,\"skipped\":1");
        assertThat(stands()).isEqualTo(3);
        assertThat(move("{'kafka_offset':1}").statusCode()).isEqualTo(200);
        assertThat(stands()).isEqualTo(1);
        assertThat(move("null").statusCode()).isEqualTo(200);
        assertThat(stands()).isZero();
        assertThat(json("GET", "/admin/status").at("/lag").asLong()).isEqualTo(3);
        call("POST", "/admin/resume");
        await("equal tables", () -> names().equals("c,b"));
        await("the end", () -> stands() == 3);
    }

    @Test
    void answersWhatIsWrongWithARequest() throws Exception {
        person(1, 1, "a");
        await("the row", () -> names().equals("a"));
        call("POST", "/admin/pause");
        problem(400, "0 to 1, not 2", move("{'kafka_offset':2}"));
        problem(400, "0 to 1, not -1", move("{'kafka_offset':-1}"));
        problem(400, "has to be a number", move("{'kafka_offset':'x'}"));
        problem(400, "has to be a time", move("{'timestamp':'yesterday'}"));
        problem(400, "has to be a time", move("{'timestamp':'+999999999-01-01T00:00:00Z'}"));
        problem(400, "either", move("{'kafka_offset':0,'timestamp':'2026-01-01T00:00:00Z'}"));
        problem(400, "either", move("{}"));
        problem(400, "JSON object", move("[]"));
        problem(400, "not JSON", call("PATCH", "/admin/offsets", "{"));
        problem(400, "Duplicate", call("PATCH", "/admin/offsets", "{'offsets':[],'offsets':[]}"));
        problem(400, "offsets", call("PATCH", "/admin/offsets", "{'offsets':[]}"));
        problem(400, "nothing else", call("PATCH", "/admin/offsets", "{'offset':1}"));
        problem(400, "true or false", call("DELETE", "/admin/offsets?dry-run=maybe"));
        problem(400, "unknown", call("DELETE", "/admin/offsets?dryrun=true"));
        problem(
                404,
                "GET /admin/offsets",
                call("PATCH", "/admin/offsets", MOVE.formatted("null").replace("people", "nobody")));
        problem(
                404,
                "partition 7",
                call("PATCH", "/admin/offsets", MOVE.formatted("null").replace("_partition':0", "_partition':7")));
        problem(400, "JSON object", call("PATCH", "/admin/offsets"));
        assertThat(stands()).isEqualTo(1);
    }
}
