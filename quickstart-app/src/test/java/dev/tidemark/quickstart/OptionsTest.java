package dev.tidemark.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {

    @Test
    void showsAThousandRowsByDefault() {
        Options options = Options.parse();
        assertThat(options.check()).isFalse();
        assertThat(options.help()).isFalse();
        assertThat(options.rows()).isEqualTo(1_000);
    }

    @Test
    void checksTenThousandRowsAndChangesByDefault() {
        Options options = Options.parse("--check");
        assertThat(options.check()).isTrue();
        assertThat(options.rows()).isEqualTo(10_000);
        assertThat(options.changes()).isEqualTo(10_000);
    }

    @Test
    void takesNumbersInBothNotations() {
        Options options = Options.parse("--check", "--rows", "0", "--changes=7", "--seed", "42");
        assertThat(options).isEqualTo(new Options(false, true, 0, 7, 42));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--chekc",
                "check",
                "--check --rows",
                "--check --rows many",
                "--check --rows -1",
                "--check --rows=",
                "--check --changes 0",
                "--check --changes 3000000000",
                "--changes 5",
                "--seed 1.5"
            })
    void refusesWhatItDoesNotUnderstand(String line) {
        assertThatThrownBy(() -> Options.parse(line.split(" "))).isInstanceOf(UsageException.class);
    }

    @Test
    void namesTheOptionThatIsWrong() {
        assertThatThrownBy(() -> Options.parse("--check", "--rows", "many"))
                .hasMessageStartingWith("--rows needs a number")
                .hasMessageEndingWith("not many");
    }
}
