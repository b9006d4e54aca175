package dev.tidemark.producer.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.producer.capture.PollStatus;
import dev.tidemark.producer.capture.PollStatus.State;
import dev.tidemark.producer.source.Backlog;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.threeten.extra.MutableClock;

class BacklogTrackTest {

    private final MutableClock clock = MutableClock.epochUTC();
    private final BacklogTrack backlog = new BacklogTrack(clock);
    private final List<String> asked = new ArrayList<>();

    private void count(State state, @Nullable String position, long rows, double oldest) {
        backlog.count(new PollStatus(state, Instant.EPOCH, 1, position, null, null), from -> {
            asked.add(from);
            return new Backlog(rows, oldest);
        });
    }

    @Test
    void isUnknownAtFirst() {
        assertThat(backlog.rows()).isNaN();
        assertThat(backlog.oldestSeconds()).isNaN();
        count(State.STARTING, null, 1, 1);
        assertThat(backlog.rows()).isNaN();
        assertThat(asked).isEmpty();
    }

    @Test
    void isAsCounted() {
        count(State.RUNNING, "7:7:", 3, 1.5);
        clock.add(Duration.ofSeconds(4));
        assertThat(backlog.rows()).isEqualTo(3);
        assertThat(backlog.oldestSeconds()).isEqualTo(1.5);
    }

    @Test
    void growsWhileTheSourceIsAway() {
        count(State.RUNNING, "7:7:", 0, 0);
        clock.add(Duration.ofSeconds(5));
        backlog.fail();
        clock.add(Duration.ofSeconds(20));
        backlog.fail();
        assertThat(backlog.rows()).isNaN();
        assertThat(backlog.oldestSeconds()).isEqualTo(25);
        count(State.RUNNING, "7:7:", 0, 0);
        assertThat(backlog.rows()).isZero();
        assertThat(backlog.oldestSeconds()).isZero();
    }

    @Test
    void countsFromWhereAFailedProducerStood() {
        count(State.RUNNING, "7:7:", 0, 0);
        count(State.FAILED, null, 40, 12);
        assertThat(asked).containsExactly("7:7:", "7:7:");
        assertThat(backlog.rows()).isEqualTo(40);
    }

    @Test
    void isTheActiveProducersToTell() {
        count(State.RUNNING, "7:7:", 2, 1);
        count(State.STANDBY, null, 2, 1);
        assertThat(backlog.rows()).isNaN();
        assertThat(backlog.oldestSeconds()).isNaN();
        count(State.FAILED, null, 2, 1);
        assertThat(backlog.rows()).isNaN();
    }
}
