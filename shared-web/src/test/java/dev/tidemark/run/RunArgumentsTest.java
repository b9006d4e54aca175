package dev.tidemark.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RunArgumentsTest {

    @Test
    void takesShortFormsForTheSetting() {
        assertThat(RunArguments.of("--once", "--cdc.tables=a")).containsExactly("--cdc.run=once", "--cdc.tables=a");
        assertThat(RunArguments.of("--reset", "--yes")).containsExactly("--cdc.run=reset", "--yes");
        assertThat(RunArguments.of()).isEmpty();
    }

    @Test
    void knowsAReset() {
        assertThat(RunArguments.isReset("--yes", "--reset")).isTrue();
        assertThat(RunArguments.isReset("--once", "--reset=true", "reset")).isFalse();
        assertThat(RunArguments.isReset()).isFalse();
    }
}
