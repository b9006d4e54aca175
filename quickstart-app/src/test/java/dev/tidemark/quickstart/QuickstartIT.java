package dev.tidemark.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program as its users have it: a process, of which nothing may remain. */
class QuickstartIT {

    private static final Path CLASS_PATH = Path.of("target/quickstart.classpath");

    @TempDir
    Path temporary;

    private Process process;

    @BeforeEach
    void requireJars() {
        for (String service : List.of("producer-service", "consumer-service")) {
            Path jar = Path.of("..", service, "target", service + "-exec.jar");
            assumeTrue(Files.exists(jar), "not built: " + jar);
        }
    }

    @AfterEach
    void end() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Test
    void checkFindsTablesInSync() throws Exception {
        start("--check", "--rows", "500", "--changes", "500", "--seed", "1");
        List<String> lines = remainingLines();
        assertThat(process.waitFor()).as(String.join("\n", lines)).isZero();
        assertThat(lines.get(lines.size() - 1))
                .matches("in sync: \\d+ rows equal, 500 changes, \\d+ changes/s, delay p50 [\\d.]+ ms p99 [\\d.]+ ms");
        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    void checkFindsTheStoreInSyncAndItsForeignKeysValid() throws Exception {
        start("--shop", "--check", "--orders", "300", "--changes", "500", "--seed", "1");
        List<String> lines = remainingLines();
        assertThat(process.waitFor()).as(String.join("\n", lines)).isZero();
        assertThat(lines)
                .contains("  4 foreign keys are there, validated, and all rows obey them")
                .anyMatch(line -> line.matches("  public.order_items: [\\d,]+ rows equal, 0 differ"))
                .last()
                .asString()
                .matches("in sync: \\d+ rows equal, 500 changes, \\d+ changes/s, delay p50 [\\d.]+ ms p99 [\\d.]+ ms");
    }

    /** By SIGTERM: SIGINT is ignored by whatever descends from a shell's background job. */
    @Test
    void aSignalEndsEverything() throws Exception {
        start("--rows", "100");
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        List<String> lines = new ArrayList<>();
        for (String line = out.readLine(); line != null && !line.contains("changes applied"); line = out.readLine()) {
            lines.add(line);
        }
        List<ProcessHandle> children = process.descendants().toList();
        assertThat(children).as(String.join("\n", lines)).hasSizeGreaterThan(5);

        assertThat(new ProcessBuilder("kill", "-TERM", Long.toString(process.pid()))
                        .start()
                        .waitFor())
                .isZero();

        assertThat(remainingLines()).endsWith("stopping ...", "stopped");
        assertThat(process.waitFor()).isEqualTo(143);
        for (ProcessHandle child : children) {
            child.onExit().get(10, TimeUnit.SECONDS);
        }
        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    void unknownOptionIsAnError() throws Exception {
        start("--chekc");
        assertThat(process.waitFor()).isEqualTo(2);
        assertThat(process.errorReader(StandardCharsets.UTF_8).lines()).contains("unknown option: --chekc");
    }

    @Test
    void scriptHelpsWithoutABuild() throws Exception {
        process = new ProcessBuilder("../quickstart", "--help").start();
        assertThat(remainingLines()).anyMatch(line -> line.startsWith("usage: ./quickstart"));
        assertThat(process.waitFor()).isZero();
    }

    private void start(String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-cp",
                Path.of("target/classes") + ":" + Files.readString(CLASS_PATH).strip(),
                "-Dtidemark.logs=" + System.getProperty("tidemark.logs", "target/stack-logs"),
                Quickstart.class.getName()));
        command.addAll(List.of(options));
        ProcessBuilder builder = new ProcessBuilder(command);
        // Its children's temporary files too.
        builder.environment().put("JDK_JAVA_OPTIONS", "-Djava.io.tmpdir=" + temporary);
        process = builder.start();
    }

    private List<String> remainingLines() throws IOException {
        return process.inputReader(StandardCharsets.UTF_8).lines().toList();
    }
}
