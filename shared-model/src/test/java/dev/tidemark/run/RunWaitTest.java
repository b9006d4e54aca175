package dev.tidemark.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class RunWaitTest {

    private Instant now = Instant.EPOCH;

    private final Clock clock = new Clock() {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    };

    private final RunWait wait = new RunWait(Duration.ofSeconds(10), clock);

    @Test
    void waitsForEverWhileTheRunGetsOn() {
        for (int i = 0; i < 100; i++) {
            assertThat(wait.failure(Progress.held(i, "slow"))).isNull();
            now = now.plusSeconds(9);
        }
    }

    @Test
    void givesUpWhenNothingMovesForTheTimeout() {
        assertThat(wait.failure(Progress.working("a"))).isNull();
        now = now.plusSeconds(9);
        assertThat(wait.failure(Progress.held("a", "Kafka is away"))).isNull();
        now = now.plusSeconds(1);
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
