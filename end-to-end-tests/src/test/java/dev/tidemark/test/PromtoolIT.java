package dev.tidemark.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What Prometheus's own tool says of the configuration, and the unit tests of the alert rules. */
class PromtoolIT {

    @BeforeEach
    void needsPromtool() {
        assumeTrue(Prometheus.isInstalled(), "prometheus is not installed");
    }

    @Test
    void acceptsConfigurationAndRules() throws Exception {
        promtool("check", "config", "--lint=all", "--lint-fatal", "prometheus.yml");
    }

    @Test
    void testsRules() throws Exception {
        List<String> arguments = new ArrayList<>(List.of("test", "rules"));
        try (var files = java.nio.file.Files.list(AlertRule.FOLDER.resolve("tests"))) {
            files.sorted().forEach(file -> arguments.add(file.toString()));
        }
        promtool(arguments.toArray(String[]::new));
    }

    private static void promtool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("promtool"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .directory(AlertRule.FOLDER.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }
}
