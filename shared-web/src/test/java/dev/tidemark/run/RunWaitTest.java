package dev.tidemark.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.threeten.extra.MutableClock;

class RunWaitTest {

    private final MutableClock clock = MutableClock.epochUTC();

    private final RunWait wait = new RunWait(Duration.ofSeconds(10), clock);

    @Test
    void waitsForEverWhileTheRunGetsOn() {
        for (int i = 0; i < 100; i++) {
            assertThat(wait.failure(Progress.held(i, "slow"))).isNull();
            clock.add(Duration.ofSeconds(9));
        }
    }

    @Test
    void givesUpWhenNothingMovesForTheTimeout() {
        assertThat(wait.failure(Progress.working("a"))).isNull();
        clock.add(Duration.ofSeconds(9));
        assertThat(wait.failure(Progress.held("a", "Kafka is away"))).isNull();
        clock.add(Duration.ofSeconds(1));
        assertThat(wait.failure(Progress.held("a", "Kafka is away")))
                .contains("10 s", "cdc.once.timeout", "Kafka is away");
    }

    @Test
    void givesUpAtOnceWhatIsHopeless() {
        assertThat(wait.failure(Progress.hopeless("paused by Ada"))).isEqualTo("paused by Ada");
    }

    @Test
    void endsWhenItIsDoneOrClosed() throws InterruptedException {
        assertThat(wait.await(Progress::finished)).isNull();
        wait.close();
        assertThat(wait.await(() -> Progress.working("a"))).isEqualTo("it was stopped");
    }
}
