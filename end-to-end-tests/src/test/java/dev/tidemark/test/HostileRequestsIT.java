package dev.tidemark.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.stack.ServiceProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.json.JsonMapper;

/** Both services, reachable by everybody, asked for everything that they answer to by those who should not get it, and for what makes no sense. */
@Tag("long")
@TestMethodOrder(OrderAnnotation.class)
class HostileRequestsIT {

    private static final String SECRET = "s3cr3t";
    private static final String NOBODY = "";
    private static final String VIEWER = "viewer";
    private static final String OPERATOR = "operator";

    /** In paths and in queries. */
    private static final List<String> VALUES = List.of(
            "'%20OR%201=1--",
            "items;%20DROP%20TABLE%20items",
            "items%3B%20DROP%20TABLE%20items",
            "%00",
            "a%00b",
            "..%2F..%2F..%2Fetc%2Fpasswd",
            "../../admin/status",
            "%ff%fe",
            "%zz",
            "%",
            "%0d%0aSet-Cookie:%20a=b",
            "%22",
            "%22x%22%22;%20SELECT%20pg_sleep(9)%3B--%22",
            "-1",
            "NaN",
            "1e3",
            "%2B999999999-12-31T23:59:59Z",
            "99999999999999999999999999",
            "-9223372036854775808",
            "%F0%9F%92%A9",
            "%3Cscript%3Ealert(1)%3C/script%3E",
            "$%7Bjndi:ldap://127.0.0.1/x%7D",
            "%E2%80%AE",
            "null",
            "x".repeat(3_000));

    private static final List<String> QUERIES = List.of(
            "limit=",
            "after=",
            "state=",
            "key=",
            "from=",
            "table=",
            "cause=",
            "partition=",
            "dry-run=",
            "force=",
            "unknown=",
            "");

    private static final List<String> BODIES = List.of(
            "",
            "{",
            "[]",
            "null",
            "1",
            "\"x\"",
            "NaN",
            "{}{}",
            "[".repeat(20_000),
            "{\"a\":".repeat(20_000),
            "{\"tables\":[\"items\"],\"tables\":[]}",
            "{\"tables\":[null,1,{}]}",
            "{\"tables\":[\"x'; DROP TABLE items; --\"]}",
            "{\"tables\":[\"\\u0000\"]}",
            "{\"row\":{\"id\":1},\"row\":{\"id\":2}}",
            "{\"row\":[]}",
            "{\"columns\":{\"exclude\":[\"\\u0000\"]}}",
            "{\"columns\":[],\"rows\":1}",
            "{\"rows\":\"true); DROP TABLE items; --\"}",
            "{\"rows\":\"pg_sleep(9) IS NULL\"}",
            "{\"offsets\":[{\"partition\":{\"kafka_topic\":\"\\u0000\",\"kafka_partition\":-1},\"offset\":{\"kafka_offset\":1e400}}]}",
            "{\"offsets\":[{\"partition\":{},\"offset\":null}]}",
            "{\"x\":\"\u00ff\"}",
            "{\"x\":\"" + "y".repeat(1_100_000) + "\"}");

    private static final List<String> TYPES = List.of(
            "application/json", "text/plain", "application/xml", "application/x-www-form-urlencoded", "nonsense");

    private static Pipeline pipeline;

    @BeforeAll
    static void start() {
        pipeline = new Pipeline(SharedStack.get(), "public.items")
                .onBoth("CREATE TABLE items (id int PRIMARY KEY, v text)");
        for (String[] setting : new String[][] {
            {"SERVER_ADDRESS", "0.0.0.0"},
            {"CDC_SECURITY_USERS_0_NAME", VIEWER},
            {"CDC_SECURITY_USERS_0_PASSWORD", "{noop}" + SECRET},
            {"CDC_SECURITY_USERS_0_ROLE", "viewer"},
            {"CDC_SECURITY_USERS_1_NAME", OPERATOR},
            {"CDC_SECURITY_USERS_1_PASSWORD", "{noop}" + SECRET},
            {"CDC_SECURITY_USERS_1_ROLE", "operator"},
            {
                "SPRING_KAFKA_PROPERTIES_SASL_JAAS_CONFIG",
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"x\" password=\"" + SECRET
                        + "\";"
            },
            {"SPRING_DATASOURCE_HIKARI_DATASOURCEPROPERTIES_SSLPASSWORD", SECRET},
            {
                "MANAGEMENT_ENDPOINTS_WEB_EXPOSURE_INCLUDE",
                "health,info,metrics,prometheus,offset,lag,dlq,mappings,env,configprops,loggers"
            },
        }) {
            pipeline.producerWith(setting[0], setting[1]).consumerWith(setting[0], setting[1]);
        }
        pipeline.start();
        awaitFlow();
    }

    @AfterAll
    static void stop() {
        pipeline.close();
    }

    private static RawHttp.Answer send(
            ServiceProcess service, String user, String method, String path, @Nullable String type, String body) {
        String password = user.equals("eve") ? "guess" : SECRET;
        return RawHttp.send(service.port(), user, password, method, path, type, body);
    }

    private static void awaitFlow() {
        for (ServiceProcess service : services()) {
            Await.until(
                    "changes flow",
                    () -> send(service, VIEWER, "GET", "/actuator/health", null, "")
                                    .status()
                            == 200);
        }
    }

    private static List<ServiceProcess> services() {
        return List.of(pipeline.producer(), pipeline.consumer());
    }

    private static List<Mapping> mappings(ServiceProcess service) {
        String answer =
                send(service, VIEWER, "GET", "/actuator/mappings", null, "").body();
        List<Mapping> mappings =
                Mapping.all(JsonMapper.shared().readTree(answer.substring(answer.indexOf("\r\n\r\n"))));
        assertThat(mappings).contains(new Mapping("POST", "/admin/pause"), new Mapping("GET", "/actuator/prometheus"));
        return mappings;
    }

    @Test
    void nobodyGetsAnythingButTheProbes() {
        SoftAssertions all = new SoftAssertions();
        for (ServiceProcess service : services()) {
            for (Mapping mapping : mappings(service)) {
                for (String user : List.of(NOBODY, "eve")) {
                    RawHttp.Answer answer = send(service, user, mapping.method(), mapping.path("1"), null, "");
                    all.assertThat(answer.status())
                            .as("%s %s by '%s'", service.port(), mapping, user)
                            .isEqualTo(401);
                }
            }
            for (String probe : List.of("liveness", "readiness")) {
                RawHttp.Answer answer = send(service, NOBODY, "GET", "/actuator/health/" + probe, null, "");
                all.assertThat(answer.body()).endsWith("{\"status\":\"UP\"}");
            }
        }
        all.assertAll();
    }

    @Test
    void viewersChangeNothing() {
        SoftAssertions all = new SoftAssertions();
        for (ServiceProcess service : services()) {
            for (Mapping mapping : mappings(service)) {
                RawHttp.Answer answer =
                        send(service, VIEWER, mapping.method(), mapping.path("1"), "application/json", "");
                if (mapping.isReading()) {
                    all.assertThat(answer.status()).as(mapping.toString()).isNotIn(401, 403);
                } else {
                    all.assertThat(answer.status()).as(mapping.toString()).isEqualTo(403);
                    all.assertThat(answer.body()).contains("role operator");
                }
            }
        }
        all.assertAll();
    }

    /** But for the endpoints that only this test exposes. */
    @Test
    void whatTheyAnswerToIsInTheirDocuments() {
        for (ServiceProcess service : services()) {
            String answer =
                    send(service, VIEWER, "GET", "/v3/api-docs.yaml", null, "").body();
            assertThat(answer).contains("application/yaml");
            Map<String, Map<String, Object>> paths = new Yaml()
                    .<Map<String, Map<String, Map<String, Object>>>>load(answer.substring(answer.indexOf("openapi:")))
                    .get("paths");
            List<String> documented = new ArrayList<>();
            paths.forEach((path, methods) ->
                    methods.keySet().forEach(method -> documented.add(method.toUpperCase(Locale.ROOT) + " " + path)));
            assertThat(mappings(service).stream()
                            .map(mapping -> mapping.toString().replace("**", "{path}"))
                            .filter(mapping -> !mapping.matches(".*/actuator/(mappings|env|configprops|loggers).*")))
                    .containsExactlyInAnyOrderElementsOf(documented);
        }
    }

    /** But by the actuator, whose endpoints only read and are Spring's. */
    @Test
    void parametersThatNobodyKnowsAreRefused() {
        SoftAssertions all = new SoftAssertions();
        for (ServiceProcess service : services()) {
            for (Mapping mapping : mappings(service)) {
                if (!mapping.isActuator()) {
                    String path = mapping.path("1") + "?dryrun=true";
                    String body = mapping.isReading() ? "" : "{}";
                    all.assertThat(send(service, OPERATOR, mapping.method(), path, "application/json", body))
                            .as(mapping.toString())
                            .returns(400, RawHttp.Answer::status)
                            .returns(true, answer -> answer.body().contains("\"parameter\":\"dryrun\""));
                }
            }
        }
        all.assertAll();
    }

    @Test
    @Order(1)
    void secretsAreInNoAnswerAndInNoLog() throws IOException {
        for (ServiceProcess service : services()) {
            for (Mapping mapping : mappings(service)) {
                if (mapping.isReading()) {
                    assertThat(send(service, OPERATOR, "GET", mapping.path("spring.datasource.url"), null, "")
                                    .body())
                            .as(mapping.toString())
                            .doesNotContain(SECRET);
                }
            }
            assertThat(Files.readString(service.log())).doesNotContain(SECRET);
        }
    }

    @Test
    @Order(2)
    void whatMakesNoSenseIsRefused() {
        SoftAssertions all = new SoftAssertions();
        for (ServiceProcess service : services()) {
            for (Mapping mapping : mappings(service)) {
                for (Request request : hostile(mapping)) {
                    check(
                            all,
                            mapping,
                            request,
                            send(service, OPERATOR, mapping.method(), request.path(), request.type(), request.body()));
                }
            }
        }
        all.assertAll();
        assertThat(pipeline.source().value("SELECT count(*) FROM items")).isEqualTo("0");
        for (ServiceProcess service : services()) {
            send(service, OPERATOR, "POST", "/admin/resume", null, "");
        }
        awaitFlow();
        pipeline.source().execute("INSERT INTO items VALUES (1, 'all is well')");
        Tables.assertEqual(pipeline, "items");
    }

    record Request(String path, @Nullable String type, String body) {}

    private static List<Request> hostile(Mapping mapping) {
        List<Request> requests = new ArrayList<>();
        int number = 0;
        for (String value : VALUES) {
            String query = QUERIES.get(number++ % QUERIES.size());
            requests.add(new Request(mapping.path("1") + "?" + query + value, null, ""));
            requests.add(new Request(mapping.path("1") + ";" + value, null, ""));
            if (mapping.hasVariable()) {
                requests.add(new Request(mapping.path(value), "application/json", ""));
            }
        }
        if (!mapping.isReading()) {
            for (String body : BODIES) {
                requests.add(new Request(mapping.path("1"), "application/json", body));
            }
            for (String type : TYPES) {
                requests.add(new Request(
                        mapping.path("1"), type, "<!DOCTYPE x [<!ENTITY y SYSTEM \"file:///etc/passwd\">]><x>&y;</x>"));
            }
        }
        return requests;
    }

    private static void check(SoftAssertions all, Mapping mapping, Request request, RawHttp.Answer answer) {
        String what = mapping.method() + " " + shortened(request.path()) + " " + request.type() + " "
                + shortened(request.body()) + " -> " + shortened(answer.body());
        if (answer.status() != 503 || !mapping.isHealth()) {
            all.assertThat(answer.status()).as(what).isBetween(200, 499);
        }
        all.assertThat(answer.body()).as(what).doesNotContain("\tat ", "<html", "root:");
        if (answer.status() >= 400 && answer.status() != 503 && answer.hasBody()) {
            all.assertThat(answer.body())
                    .as(what)
                    .contains("application/problem+json", "\"detail\":")
                    .doesNotContain("Exception");
        }
    }

    private static String shortened(String text) {
        return text.length() < 300 ? text : text.substring(0, 300) + "…";
    }
}
