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
        assertThat(options.size()).isEqualTo(1_000);
    }

    @Test
    void checksTenThousandRowsAndChangesByDefault() {
        Options options = Options.parse("--check");
        assertThat(options.check()).isTrue();
        assertThat(options.size()).isEqualTo(10_000);
        assertThat(options.changes()).isEqualTo(10_000);
    }

    @Test
    void takesNumbersInBothNotations() {
        Options options = Options.parse("--check", "--rows", "0", "--changes=7", "--seed", "42");
        assertThat(options).isEqualTo(new Options(false, true, false, 0, 7, 42));
    }

    @Test
    void checksTheStoreWithAHundredThousandOrdersByDefault() {
        Options options = Options.parse("--check", "--shop");
        assertThat(options).hasToString("--shop --orders 100000 --changes 20000 --seed " + options.seed());
        assertThat(Options.parse("--orders", "5", "--shop").size()).isEqualTo(5);
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
                "--orders 5",
                "--shop --rows 5",
                "--shop --check --changes 3",
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
