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

    /**
     * @param folder for its configuration
     * @param targets the ports of the services of each job
     */
    static Prometheus start(Path folder, Map<String, List<Integer>> targets) throws IOException {
        Map<String, Object> configuration = AlertRule.read(AlertRule.FOLDER.resolve("prometheus.yml"));
        configuration.put("global", Map.of("scrape_interval", INTERVAL, "evaluation_interval", INTERVAL));
        configuration.put("rule_files", List.of(AlertRule.FOLDER.resolve("rules") + "/*.yml"));
        Path password = Files.writeString(folder.resolve("viewer-password"), VIEWER_PASSWORD);
        AlertRule.maps(configuration, "scrape_configs").forEach(job -> {
            List<String> addresses = targets.get(job.get("job_name")).stream()
                    .map(port -> "127.0.0.1:" + port)
                    .toList();
            job.put("static_configs", List.of(Map.of("targets", addresses)));
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
    JsonNode labelValues(String label, String selector) {
        return data("label/" + label + "/values", "match[]=" + encoded(selector));
    }

    /** What the rules are about to say: inactive, pending or firing. */
    String state(String alert) {
        return data("rules", "type=alert")
                .path("groups")
                .valueStream()
                .flatMap(group -> group.path("rules").valueStream())
                .filter(rule -> rule.path("name").asString("").equals(alert))
                .map(rule -> rule.path("state").asString(""))
                .findAny()
                .orElseThrow();
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
