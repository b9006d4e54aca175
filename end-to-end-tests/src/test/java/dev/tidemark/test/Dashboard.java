package dev.tidemark.test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A dashboard of Grafana.
 *
 * @param file where it lies
 */
record Dashboard(Path file, JsonNode json) {

    private static final Path FOLDER =
            Path.of("../grafana/dashboards").toAbsolutePath().normalize();

    static List<Dashboard> all() {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.sorted().map(Dashboard::read).toList();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Dashboard read(Path file) {
        return new Dashboard(file, JsonMapper.shared().readTree(file.toFile()));
    }

    String uid() {
        return json.path("uid").asString("");
    }

    String title() {
        return json.path("title").asString("");
    }

    /** The panels without the rows that hold them. */
    List<Panel> panels() {
        return boxes().stream().filter(panel -> !panel.type().equals("row")).toList();
    }

    /** Everything that has a place on the page: panels, rows, and panels in rows. */
    List<Panel> boxes() {
        List<Panel> boxes = new ArrayList<>();
        for (JsonNode outer : json.path("panels")) {
            boxes.add(new Panel(outer));
            outer.path("panels").forEach(inner -> boxes.add(new Panel(inner)));
        }
        return boxes;
    }

    /** The queries of what is marked on the time axis. */
    List<JsonNode> annotations() {
        return json.path("annotations")
                .path("list")
                .valueStream()
                .filter(annotation -> annotation.has("expr"))
                .toList();
    }

    List<JsonNode> variables() {
        return json.path("templating").path("list").valueStream().toList();
    }

    @Override
    public String toString() {
        return title();
    }

    record Panel(JsonNode json) {

        String title() {
            return json.path("title").asString("");
        }

        String type() {
            return json.path("type").asString("");
        }

        List<JsonNode> targets() {
            return json.path("targets").valueStream().toList();
        }

        List<String> queries() {
            return targets().stream()
                    .map(target -> target.path("expr").asString(""))
                    .toList();
        }
    }
}
