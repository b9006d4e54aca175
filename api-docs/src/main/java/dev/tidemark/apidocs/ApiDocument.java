package dev.tidemark.apidocs;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/**
 * The OpenAPI document of a service. It is made of the running service, which needs neither databases nor Kafka for that, and compared with the one that is
 * committed and served. With {@code -Dapi-docs.write} the committed one is written anew.
 */
public final class ApiDocument {

    /** Which types are any JSON. */
    record AnyJson(Set<Class<?>> types) {}

    private static final String PATH = "/generated-api-docs";
    private static final Path METERS = Path.of("..", "docs", "metrics.md");

    private final Class<?> application;
    private final Path committed;
    private final Set<Class<?>> anyJson = new HashSet<>();

    /** @param service the module, whose tests are run in its directory */
    public ApiDocument(Class<?> application, String service) {
        this.application = application;
        this.committed = Path.of("..", "docs", "api", service + ".yaml");
    }

    /** Values of this type are any JSON, whatever they are in Java. */
    public ApiDocument withAnyJson(Class<?> type) {
        anyJson.add(type);
        return this;
    }

    /** @throws AssertionError if an operation is not described, an example is false, or the committed document is another one */
    public void check() throws IOException, InterruptedException {
        String generated = generate();
        assertThat(Examples.mistakes(generated, meters()))
                .as("examples that are false, in openapi/operations.yaml")
                .isEmpty();
        if (Boolean.getBoolean("api-docs.write")) {
            Files.createDirectories(committed.getParent());
            Files.writeString(committed, generated);
        }
        assertThat(Files.exists(committed) ? Files.readString(committed) : "")
                .as(
                        "%s is not what the service answers to: run ./mvnw -Dquick -Dapi-docs.write test, look at what has changed, and commit it",
                        committed)
                .isEqualTo(generated);
    }

    private static Set<String> meters() throws IOException {
        return Pattern.compile("`(cdc[._][a-z._]+)`")
                .matcher(Files.readString(METERS))
                .results()
                .map(match -> match.group(1))
                .collect(toSet());
    }

    private String generate() throws IOException, InterruptedException {
        try (ConfigurableApplicationContext service = new SpringApplicationBuilder(
                        application, DocumentConfiguration.class)
                .initializers((GenericApplicationContext context) ->
                        context.registerBean(AnyJson.class, () -> new AnyJson(anyJson)))
                .run(
                        "--server.port=0",
                        "--spring.datasource.url=jdbc:postgresql://127.0.0.1:1/nowhere",
                        "--spring.kafka.bootstrap-servers=127.0.0.1:1",
                        "--logging.level.root=error",
                        "--springdoc.api-docs.path=" + PATH,
                        "--springdoc.override-with-generic-response=false",
                        "--springdoc.default-produces-media-type=application/json")) {
            int port = Objects.requireNonNull(((WebServerApplicationContext) service).getWebServer())
                    .getPort();
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + PATH + ".yaml"))
                    .build();
            HttpResponse<String> answer =
                    HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            service.getBean(Descriptions.class).requireComplete();
            return answer.body();
        }
    }
}
