package dev.tidemark.web.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import dev.tidemark.web.TestService;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;

class SecurityIT {

    private static final String WHO = "/admin/who";
    private static final String NAME = "/admin/names/x";

    private static String[] user(int number, String name, String password, String role) {
        String key = "cdc.security.users[" + number + "].";
        return new String[] {key + "name=" + name, key + "password=" + password, key + "role=" + role};
    }

    private static String[] all(String[]... settings) {
        return java.util.Arrays.stream(settings)
                .flatMap(java.util.Arrays::stream)
                .toArray(String[]::new);
    }

    private static String[] basic(String name, String password) {
        String both = name + ":" + password;
        return new String[] {
            "Authorization", "Basic " + Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8))
        };
    }

    private static void assertProblem(HttpResponse<String> answer, int status, String... words) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(answer.headers().map()).containsKey("x-frame-options").doesNotContainKey("set-cookie");
        assertThat(List.of(words)).allSatisfy(word -> assertThat(answer.body()).contains(word));
    }

    @Nested
    class WithoutCredentials {

        private static TestService service;

        @BeforeAll
        static void start() {
            service = TestService.start();
        }

        @AfterAll
        static void stop() {
            service.close();
        }

        @Test
        void answersThisMachine() {
            assertThat(service.call("POST", WHO, "").body()).contains("\"127.0.0.1\"");
            assertThat(service.call("GET", "/actuator/health", "").body()).contains("components");
        }

        @ParameterizedTest
        @CsvSource({
            "Origin, https://evil.example",
            "Origin, null",
            "Sec-Fetch-Site, cross-site",
            "Sec-Fetch-Site, same-site"
        })
        void changesNothingForAnotherSite(String header, String value) {
            assertProblem(service.call("POST", WHO, "", header, value), 403, "another web site");
            assertProblem(
                    service.call(
                            "POST", WHO, "p=1", header, value, "Content-Type", "application/x-www-form-urlencoded"),
                    403,
                    "another web site");
            assertThat(service.call("GET", NAME, "", header, value).statusCode())
                    .isEqualTo(200);
        }

        @Test
        void changesWhatItsOwnPagesAskFor() {
            String origin = "http://127.0.0.1:" + service.port();
            assertThat(service.call("POST", WHO, "", "Origin", origin).statusCode())
                    .isEqualTo(200);
            assertThat(service.call("POST", WHO, "", "Sec-Fetch-Site", "same-origin")
                            .statusCode())
                    .isEqualTo(200);
        }

        @Test
        void letsNoScriptOfAnotherSiteAsk() {
            HttpResponse<String> answer = service.call(
                    "OPTIONS", WHO, "", "Origin", "https://evil.example", "Access-Control-Request-Method", "PUT");
            assertProblem(answer, 403);
            assertThat(answer.headers().map()).doesNotContainKey("access-control-allow-origin");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "evil.example",
                    "localhost.evil.example",
                    "127.0.0.1.evil.example",
                    "evil.example:8081",
                    "1.2.3.4.5"
                })
        void answersUnderNoNameThatSomebodyMayHaveMadeLeadHere(String host) {
            assertThat(get(host)).startsWith("HTTP/1.1 403").contains("application/problem+json", "cdc.security.users");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"localhost", "LOCALHOST:1", "127.0.0.1:8081", "[::1]:8081", "10.0.0.1", "tidemark.localhost"
                })
        void answersUnderNamesOfThisMachine(String host) {
            assertThat(get(host)).startsWith("HTTP/1.1 200");
        }

        private String get(String host) {
            return service.raw("GET " + NAME + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
        }
    }

    @Nested
    class WithUsers {

        private static TestService service;

        @BeforeAll
        static void start() {
            String hash = "{bcrypt}" + new BCryptPasswordEncoder(4).encode("right");
            service = TestService.start(all(
                    user(0, "ada", hash, "operator"),
                    user(1, "bob", "{noop}pw:with:colons", "viewer"),
                    new String[] {"server.address=0.0.0.0"}));
        }

        @AfterAll
        static void stop() {
            service.close();
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    NAME,
                    "/nowhere",
                    "/error",
                    "/actuator",
                    "/actuator/health",
                    "/actuator/env",
                    "/actuator/health/readiness/x"
                })
        void asksForCredentials(String path) {
            HttpResponse<String> answer = service.call("GET", path, "");
            assertProblem(answer, 401, "curl -u");
            assertThat(answer.headers().firstValue("WWW-Authenticate"))
                    .get()
                    .asString()
                    .startsWith("Basic realm");
            assertProblem(service.call("POST", path, ""), 401);
            assertProblem(service.call("GET", path, "", basic("ada", "wrong")), 401, "not valid");
            assertProblem(service.call("GET", path, "", basic("eve", "right")), 401, "not valid");
            assertProblem(service.call("GET", path, "", basic("", "")), 401);
            assertProblem(service.call("GET", path, "", "Authorization", "Basic %%%"), 401);
        }

        @Test
        void answersProbesWithoutDetails() {
            for (String probe : List.of("liveness", "readiness")) {
                HttpResponse<String> answer = service.call("GET", "/actuator/health/" + probe, "");
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.body()).isEqualTo("{\"status\":\"UP\"}");
            }
        }

        @Test
        void letsViewersReadAndNothingElse() {
            String[] bob = basic("bob", "pw:with:colons");
            assertThat(service.call("GET", NAME, "", bob).statusCode()).isEqualTo(200);
            assertThat(service.call("GET", "/actuator/health", "", bob).body()).contains("components");
            for (String method : List.of("POST", "PUT", "PATCH", "DELETE")) {
                assertProblem(service.call(method, WHO, "", bob), 403, "role operator");
                assertProblem(service.call(method, "/actuator/loggers/root", "", bob), 403, "role operator");
            }
            assertProblem(service.call("POST", WHO, "", all(bob, new String[] {"X-HTTP-Method-Override", "GET"})), 403);
        }

        @Test
        void letsOperatorsChangeAndKnowsWhoTheyAre() {
            for (int i = 0; i < 2; i++) {
                assertThat(service.call("POST", WHO, "", basic("ada", "right")).body())
                        .contains("\"ada (127.0.0.1)\"");
            }
        }

        @Test
        void changesNothingForAnotherSiteEvenWithThePassword() {
            String[] headers = all(basic("ada", "right"), new String[] {"Origin", "https://evil.example"});
            assertProblem(service.call("POST", WHO, "", headers), 403, "another web site");
        }

        @Test
        void answersUnderAnyName() {
            assertThat(service.raw(
                            "GET /actuator/health/liveness HTTP/1.1\r\nHost: cdc.example\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 200");
        }
    }

    @Nested
    class WithTokens {

        private static HttpServer issuer;
        private static RSAKey key;
        private static TestService service;

        @BeforeAll
        static void start() throws Exception {
            key = new RSAKeyGenerator(2048).keyID("1").generate();
            issuer = serveKeys(0);
            service = TestService.start(
                    "server.address=0.0.0.0",
                    "spring.security.oauth2.resourceserver.jwt.jwk-set-uri=http://127.0.0.1:"
                            + issuer.getAddress().getPort() + "/keys",
                    "spring.security.oauth2.resourceserver.jwt.authorities-claim-expressions=[realm_access][roles]",
                    "spring.security.oauth2.resourceserver.jwt.principal-claim-name=preferred_username");
        }

        private static HttpServer serveKeys(int port) throws IOException {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
            byte[] keys = new JWKSet(key.toPublicJWK()).toString().getBytes(StandardCharsets.UTF_8);
            server.createContext("/keys", exchange -> {
                exchange.sendResponseHeaders(200, keys.length);
                exchange.getResponseBody().write(keys);
                exchange.close();
            });
            server.start();
            return server;
        }

        @AfterAll
        static void stop() {
            service.close();
            issuer.stop(0);
        }

        private static String[] token(RSAKey signer, Instant expires, String... roles) {
            SignedJWT token = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("1").build(),
                    new JWTClaimsSet.Builder()
                            .claim("preferred_username", "ada\nlovelace")
                            .claim("realm_access", Map.of("roles", List.of(roles)))
                            .expirationTime(Date.from(expires))
                            .build());
            try {
                token.sign(new RSASSASigner(signer));
            } catch (JOSEException e) {
                throw new IllegalStateException(e);
            }
            return new String[] {"Authorization", "Bearer " + token.serialize()};
        }

        @Test
        void takesRolesAndNamesFromClaims() {
            Instant later = Instant.now().plusSeconds(600);
            assertThat(service.call("POST", WHO, "", token(key, later, "operator"))
                            .body())
                    .contains("\"ada?lovelace (127.0.0.1)\"");
            assertThat(service.call("GET", NAME, "", token(key, later, "viewer", "x"))
                            .statusCode())
                    .isEqualTo(200);
            assertProblem(service.call("POST", WHO, "", token(key, later, "viewer")), 403, "role operator");
            assertProblem(service.call("GET", NAME, "", token(key, later, "ROLE_viewer")), 403, "role viewer");
            assertProblem(service.call("GET", NAME, "", token(key, later)), 403, "role viewer");
        }

        @Test
        void refusesOtherTokens() throws Exception {
            RSAKey forged = new RSAKeyGenerator(2048).keyID("1").generate();
            HttpResponse<String> answer =
                    service.call("GET", NAME, "", token(forged, Instant.now().plusSeconds(600), "viewer"));
            assertProblem(answer, 401, "token");
            assertThat(answer.headers().firstValue("WWW-Authenticate"))
                    .get()
                    .asString()
                    .contains("invalid_token");
            assertProblem(
                    service.call("GET", NAME, "", token(key, Instant.now().minusSeconds(600), "viewer")),
                    401,
                    "expired");
            assertProblem(service.call("GET", NAME, "", "Authorization", "Bearer nonsense"), 401, "token");
            assertProblem(service.call("GET", NAME, "", basic("ada", "x")), 401, "issuer");
            assertProblem(service.call("GET", NAME, ""), 401, "--oauth2-bearer");
        }

        @Test
        void saysThatTheIssuerIsAway() throws Exception {
            int port = issuer.getAddress().getPort();
            issuer.stop(0);
            RSAKey unknown = new RSAKeyGenerator(2048).keyID("2").generate();
            try {
                SignedJWT token = new SignedJWT(
                        new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("2").build(),
                        new JWTClaimsSet.Builder().subject("x").build());
                token.sign(new RSASSASigner(unknown));
                assertProblem(
                        service.call("GET", NAME, "", "Authorization", "Bearer " + token.serialize()), 503, "issuer");
            } finally {
                issuer = serveKeys(port);
            }
        }
    }

    @Nested
    @ExtendWith(OutputCaptureExtension.class)
    class Start {

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "server.address=0.0.0.0",
                    "server.address=",
                    "server.address=::",
                    "management.server.port=0",
                    "management.server.port=0 management.server.address=0.0.0.0"
                })
        void failsWhereEverybodyInTheNetworkCouldDoEverything(String settings, CapturedOutput output) {
            assertThatThrownBy(() -> TestService.start(settings.split(" ")))
                    .rootCause()
                    .isInstanceOf(OpenAddressException.class);
            assertThat(output)
                    .contains(
                            "APPLICATION FAILED TO START",
                            "address is",
                            "CDC_SECURITY_USERS_0_NAME",
                            "docs/security.md");
        }

        @Test
        void saysThatNobodyNeedsCredentials(CapturedOutput output) {
            TestService.start("server.address=::1").close();
            assertThat(output).contains("Nobody needs credentials").doesNotContain("Using generated security password");
        }

        @ParameterizedTest
        @CsvSource({
            "ada, secret, operator, password has to be",
            "ada, {noop}, operator, password has to be",
            "ada, {bcrypt}secret, operator, password has to be",
            "ada, {md5}secret, operator, password has to be",
            "a:b, {noop}secret, operator, name is needed",
            "ada, {noop}secret, admin, role"
        })
        void failsWithUsersThatCouldNotComeIn(
                String name, String password, String role, String words, CapturedOutput output) {
            assertThatThrownBy(() -> TestService.start(user(0, name, password, role)));
            assertThat(output).contains("cdc.security.users[0]", words).doesNotContain("secret");
        }

        @Test
        void givesTheActuatorsOwnPortTheSameGate() {
            String[] settings = all(user(0, "bob", "{noop}pw", "viewer"), new String[] {"management.server.port=0"});
            try (TestService service = TestService.start(settings)) {
                int port = service.managementPort();
                assertProblem(service.call(port, "GET", "/actuator/health", ""), 401);
                assertProblem(service.call(port, "GET", "/actuator/nothing", "", basic("bob", "pw")), 404);
                assertThat(service.call(port, "GET", "/actuator/health/liveness", "")
                                .statusCode())
                        .isEqualTo(200);
                assertThat(service.call(port, "GET", "/actuator/health", "", basic("bob", "pw"))
                                .statusCode())
                        .isEqualTo(200);
            }
        }
    }
}
