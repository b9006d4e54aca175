package dev.tidemark.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The tests that docs/guarantees.md names for its promises are there, each of them once: of two of a name, one could go unseen. */
class GuaranteesDocTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern TEST = Pattern.compile("`([A-Z]\\w+(?:IT|Test))`");

    @Test
    void namesTestsThatExistOnce() throws IOException {
        Set<String> named = TEST.matcher(Files.readString(ROOT.resolve("docs/guarantees.md")))
                .results()
                .map(MatchResult::group)
                .map(name -> name.replace("`", "") + ".java")
                .collect(Collectors.toSet());
        assertThat(named).hasSizeGreaterThan(10);
        assertThat(sources()).filteredOn(named::contains).containsExactlyInAnyOrderElementsOf(named);
    }

    private static List<String> sources() throws IOException {
        try (Stream<Path> modules = Files.list(ROOT)) {
            return modules.map(module -> module.resolve("src/test/java"))
                    .filter(Files::isDirectory)
                    .flatMap(GuaranteesDocTest::files)
                    .toList();
        }
    }

    private static Stream<String> files(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.map(file -> file.getFileName().toString()).toList().stream();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
