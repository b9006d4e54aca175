package dev.tidemark.test;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.yaml.snakeyaml.Yaml;

/** A rule of prometheus/rules that raises an alert. */
record AlertRule(String name, String expression, Map<String, String> labels, Map<String, String> annotations) {

    static final Path FOLDER = Path.of("../prometheus").toAbsolutePath().normalize();

    static List<AlertRule> all() {
        return documents("rules").stream()
                .flatMap(document -> maps(document, "groups"))
                .flatMap(group -> maps(group, "rules"))
                .map(AlertRule::of)
                .toList();
    }

    static AlertRule named(String name) {
        return all().stream().filter(rule -> rule.name().equals(name)).findAny().orElseThrow();
    }

    /** The files of a folder beneath prometheus/. */
    static List<Map<String, Object>> documents(String folder) {
        try (Stream<Path> files = Files.list(FOLDER.resolve(folder))) {
            return files.sorted().map(AlertRule::read).toList();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static Map<String, Object> read(Path file) {
        try (Reader text = Files.newBufferedReader(file)) {
            return new Yaml().load(text);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @SuppressWarnings("unchecked")
    static Stream<Map<String, Object>> maps(Map<String, Object> parent, String key) {
        return ((List<Map<String, Object>>) parent.getOrDefault(key, List.of())).stream();
    }

    @SuppressWarnings("unchecked")
    private static AlertRule of(Map<String, Object> rule) {
        return new AlertRule(
                (String) rule.get("alert"),
                (String) rule.get("expr"),
                (Map<String, String>) rule.getOrDefault("labels", Map.of()),
                (Map<String, String>) rule.getOrDefault("annotations", Map.of()));
    }

    @Override
    public String toString() {
        return name;
    }
}
