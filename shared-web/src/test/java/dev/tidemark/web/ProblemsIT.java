package dev.tidemark.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Whatever is wrong is told as a problem, by whoever finds it. */
class ProblemsIT {

    private static final String[] JSON = {"Content-Type", "application/json"};

    private static TestService service;

    @BeforeAll
    static void start() {
        service = TestService.start();
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    private static JsonNode problem(int status, HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(answer.body()).doesNotContain("\tat ", "Exception", "secret");
        JsonNode problem = JsonMapper.shared().readTree(answer.body());
        assertThat(problem.path("status").asInt()).isEqualTo(status);
        assertThat(problem.path("title").asString("")).isNotEmpty();
        assertThat(problem.path("detail").asString("")).isNotEmpty();
        return problem;
    }

    private static String detail(int status, HttpResponse<String> answer) {
        return problem(status, answer).path("detail").asString();
    }

    @Test
    void tellsWhatThereIsInstead() {
        assertThat(detail(404, service.call("GET", "/nowhere", ""))).contains("GET /nowhere", "/actuator");
        assertThat(detail(404, service.call("GET", "/actuator/nothing", ""))).contains("/actuator");
        assertThat(detail(405, service.call("DELETE", "/admin/names", ""))).contains("POST");
        assertThat(detail(415, service.call("POST", "/admin/names", "x", "Content-Type", "text/plain")))
                .contains("application/json");
        assertThat(detail(415, service.call("POST", "/admin/names", "x"))).contains("application/json");
        problem(406, service.call("GET", "/admin/names/x", "", "Accept", "image/png"));
        problem(400, service.call("GET", "/admin/numbers/NaN", ""));
        problem(404, service.call("GET", "/", "", "Accept", "text/html"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "[]",
                "{\"names\":[\"a\"],\"names\":[\"b\"]}",
                "{\"nmaes\":[]}",
                "{\"names\":[]} {}",
                "{\"names\":{\"a\":1}}",
                "nonsense"
            })
    void refusesBodiesThatAreNotWhatIsWanted(String body) {
        assertThat(detail(400, service.call("POST", "/admin/names", body, JSON)))
                .contains("body");
    }

    @Test
    void refusesDeepAndLargeBodies() {
        problem(400, service.call("POST", "/admin/names", "[".repeat(100_000), JSON));
        assertThat(detail(413, service.call("POST", "/admin/names", "x".repeat(1_100_000), JSON)))
                .contains("1048576", "cdc.security.max-body-size");
    }

    @Test
    void wantsToKnowTheLengthOfABody() {
        String answer = service.raw("POST /admin/names HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + "Transfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n2\r\n{}\r\n0\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 411").contains("application/problem+json");
    }

    @Test
    void refusesWhatIsNotUtf8() {
        for (String path : new String[] {"/admin/text", "/admin/names"}) {
            String answer = service.raw("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                    + "Content-Length: 15\r\nContent-Type: application/json\r\n\r\n{\"names\":[\"\u00ff\"]}");
            assertThat(answer).startsWith("HTTP/1.1 400").contains("application/problem+json");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET /admin/names/%00",
        "GET /admin/names/x;%zz",
        "GET /actuator/health/a/b",
        "DELETE /admin/names?a&b",
        "GET /admin/names/%zz",
        "GET /admin/%ff%fe",
        "GET /admin/../../etc/passwd",
        "GET /admin//names",
        "GET /<script>",
        "NONSENSE /",
        "TRACE /admin/names",
        "POST /admin/parameter?p=%00",
        "POST /admin/parameter?p=%ff",
        "POST /admin/parameter?p=%zz",
        "GET http://[/"
    })
    void refusesWhatIsNoDecentRequest(String line) {
        String answer = service.raw(line + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assertThat(answer)
                .startsWith("HTTP/1.1 4")
                .contains("application/problem+json", "\"detail\":")
                .doesNotContain("<html", "\tat ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\n\r\n",
                "CONNECT / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
                "GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx"
            })
    void refusesBrokenHttp(String request) {
        assertThat(service.raw(request)).matches("(?s)HTTP/1.1 [45].*").doesNotContain("<html", "\tat ");
    }

    @Test
    void refusesHeadersWithoutEnd() {
        String answer = service.raw("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(9_000) + "\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 4").doesNotContain("<html");
    }

    @Test
    void takesNamesOfAllKinds() {
        for (String name : new String[] {
            "a%2Fb",
            "a%25b",
            "a%3Bb",
            "%22My%20Schema%22.%22a.b%22",
            "a%5Cb",
            "%2e%2e%2fb",
            "%F0%9F%98%80",
            "a%2F%2Fb",
            "line%0Abreak%0D"
        }) {
            assertThat(service.call("GET", "/admin/names/" + name, "").statusCode())
                    .as(name)
                    .isEqualTo(200);
        }
    }

    @Test
    void keepsDefectsToTheLog() {
        assertThat(detail(500, service.call("GET", "/admin/defect", ""))).contains("log");
    }

    @Test
    void allowsBrowsersNothing() {
        HttpResponse<String> answer = service.call("GET", "/admin/names/x", "");
        assertThat(answer.headers().map()).containsKeys("x-content-type-options", "content-security-policy");
        assertThat(answer.headers().firstValue("Cache-Control"))
                .get()
                .asString()
                .contains("no-store");
        assertThat(answer.headers().firstValue("X-Frame-Options")).hasValue("DENY");
        assertThat(answer.headers().map()).doesNotContainKeys("set-cookie", "server");
    }
}
