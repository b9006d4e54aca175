package dev.tidemark.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DelaysTest {

    private final Delays delays = new Delays(0);

    @Test
    void saysNothingWithoutRows() {
        assertThat(delays.summary()).isEqualTo("p50 - p99 -");
    }

    @Test
    void isExactToOnePercent() {
        for (int i = 1; i <= 1_000; i++) {
            add(i * 1_000L);
        }
        assertThat(milliseconds(1)).isBetween(495.0, 505.0);
        assertThat(milliseconds(4)).isBetween(980.0, 1_000.0);
    }

    @Test
    void takesAnyDelay() {
        add(-5);
        add(Long.MAX_VALUE / 2);
        assertThat(milliseconds(1)).isZero();
    }

    @Test
    void leavesOutRowsWhoseTimeIsNotKnown() {
        delays.add(new Row(List.of(1L), "", null), new Row(List.of(1L), "", 5L));
        delays.add(new Row(List.of(1L), "", 5L), new Row(List.of(1L), "", null));
        assertThat(delays.summary()).isEqualTo("p50 - p99 -");
    }

    private void add(long micros) {
        delays.add(new Row(List.of(1L), "", 0L), new Row(List.of(1L), "", micros));
    }

    private double milliseconds(int word) {
        return Double.parseDouble(delays.summary().split(" ")[word]);
    }
}
