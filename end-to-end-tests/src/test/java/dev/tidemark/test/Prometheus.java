package dev.tidemark.test;

import dev.tidemark.stack.PrometheusProcess;
import java.io.File;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A real Prometheus with the project's own configuration and rules, but for where the services are and how often they are asked. */
final class Prometheus implements AutoCloseable {

    static final String VIEWER_PASSWORD = "viewer-of-the-test";
    private static final String INTERVAL = "1s";

    private final PrometheusProcess process;

    private Prometheus(PrometheusProcess process) {
        this.process = process;
    }

    /** Whether this machine has the programs; no registry that Maven knows has them. */
    static boolean isInstalled() {
        return Stream.of("prometheus", "promtool").allMatch(Prometheus::isOnPath);
    }

    private static boolean isOnPath(String program) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    /** One that scrapes both services of a pipeline, with the password of a viewer, as the compose file has it. Its configuration comes into a folder. */
    static Prometheus of(Pipeline pipeline, Path folder) throws IOException {
        return start(
                folder,
                Map.of(
                        "tidemark-producer", pipeline.producer().port(),
                        "tidemark-consumer", pipeline.consumer().port()));
    }

    private static Prometheus start(Path folder, Map<String, Integer> ports) throws IOException {
        Map<String, Object> configuration = AlertRule.read(AlertRule.FOLDER.resolve("prometheus.yml"));
        configuration.put("global", Map.of("scrape_interval", INTERVAL, "evaluation_interval", INTERVAL));
        configuration.put("rule_files", List.of(AlertRule.FOLDER.resolve("rules") + "/*.yml"));
        Path password = Files.writeString(folder.resolve("viewer-password"), VIEWER_PASSWORD);
        AlertRule.maps(configuration, "scrape_configs").forEach(job -> {
            List<String> targets = List.of("127.0.0.1:" + ports.get(job.get("job_name")));
            job.put("static_configs", List.of(Map.of("targets", targets)));
            job.put("basic_auth", Map.of("username", "viewer", "password_file", password.toString()));
        });
        Path file = folder.resolve("prometheus.yml");
        Files.writeString(file, new Yaml().dump(configuration));
        PrometheusProcess process = new PrometheusProcess(file);
        process.start();
        return new Prometheus(process);
    }

    /** The series that an expression has now. */
    JsonNode query(String expression) {
        return data("query", "query=" + encoded(expression)).path("result");
    }

    /** The series that an expression has had since then, each with a value for each second. */
    JsonNode query(String expression, Instant since) {
        String range = "&step=%s&start=%d&end=%d"
                .formatted(INTERVAL, since.getEpochSecond(), Instant.now().getEpochSecond());
        return data("query_range", "query=" + encoded(expression) + range).path("result");
    }

    /** The values of a label over the series that a selector selects. */
    List<String> labelValues(String label, String selector) {
        return data("label/" + label + "/values", "match[]=" + encoded(selector))
                .valueStream()
                .map(JsonNode::asString)
                .toList();
    }

    /** The rules that it has, each with how its evaluation went: ok, err, or unknown before the first. */
    Map<String, String> rules() {
        return data("rules", "type=alert")
                .path("groups")
                .valueStream()
                .flatMap(group -> group.path("rules").valueStream())
                .collect(Collectors.toMap(
                        rule -> rule.path("name").asString(""),
                        rule -> rule.path("health").asString("")));
    }

    private JsonNode data(String endpoint, String parameters) {
        JsonNode answer = JsonMapper.shared().readTree(process.get("/api/v1/" + endpoint + "?" + parameters));
        if (!answer.path("status").asString("").equals("success")) {
            throw new IllegalStateException(parameters + ": " + answer);
        }
        return answer.path("data");
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        process.close();
    }
}
