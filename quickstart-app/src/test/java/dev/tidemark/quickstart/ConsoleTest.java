package dev.tidemark.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ConsoleTest {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    @Test
    void terminalWritesOverItsLiveLine() {
        Console console = new Console(out, true);
        console.live("one");
        console.live("two");
        console.line("done");
        assertThat(written()).isEqualTo("\rone\033[K\rtwo\033[K\r\033[Kdone\n");
    }

    @Test
    void fileGetsPlainLines() {
        Console console = new Console(out, false);
        console.live("one");
        console.live("two");
        console.line("done");
        assertThat(written()).isEqualTo("one\ntwo\ndone\n");
    }

    @Test
    void fileGetsLittleOfTheProgress() {
        Console console = new Console(out, false);
        for (int i = 0; i < 1_000; i++) {
            console.progress("row " + i);
        }
        assertThat(written()).isEmpty();
    }

    private String written() {
        return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }
}
