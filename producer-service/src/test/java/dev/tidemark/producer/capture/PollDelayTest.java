package dev.tidemark.producer.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class PollDelayTest {

    private final PollDelay delay = new PollDelay(properties(20));

    @Test
    void pollsAtOnceWhileThereIsMore() {
        assertThat(millis(PollOutcome.MORE, PollOutcome.MORE)).containsExactly(0L, 0L);
    }

    @Test
    void waitsLongerAndLongerWhileNothingComes() {
        assertThat(millis(PollOutcome.IDLE, PollOutcome.IDLE, PollOutcome.IDLE, PollOutcome.IDLE))
                .containsExactly(5L, 10L, 20L, 20L);
    }

    @Test
    void isQuickAgainAfterAChange() {
        assertThat(millis(PollOutcome.IDLE, PollOutcome.IDLE, PollOutcome.BUSY, PollOutcome.IDLE))
                .containsExactly(5L, 10L, 4L, 5L);
    }

    @Test
    void backsOffUpToTheLongestRetryDelay() {
        assertThat(Stream.generate(() -> delay.after(PollOutcome.FAILED).toMillis())
                        .limit(7))
                .containsExactly(200L, 400L, 800L, 1600L, 3200L, 5000L, 5000L);
    }

    @Test
    void looksTwiceASecondWhetherItIsStillPaused() {
        assertThat(millis(PollOutcome.PAUSED, PollOutcome.PAUSED)).containsExactly(500L, 500L);
    }

    @Test
    void refusesDelaysThatMakeNoSense() {
        assertThatThrownBy(() -> properties(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cdc.poll.idle-delay");
    }

    private List<Long> millis(PollOutcome... outcomes) {
        return Stream.of(outcomes).map(delay::after).map(Duration::toMillis).toList();
    }

    private static PollProperties properties(int idleMillis) {
        return new PollProperties(
                Duration.ofMillis(4),
                Duration.ofMillis(idleMillis),
                Duration.ofSeconds(5),
                Duration.ofSeconds(1),
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                5000,
                DataSize.ofMegabytes(4));
    }
}
