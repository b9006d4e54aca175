package dev.tidemark.producer.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RefreshScheduleTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final RefreshSchedule schedule = new RefreshSchedule(Duration.ofSeconds(5));

    @Test
    void isDueAtTheStartAndThenAfterEachInterval() {
        assertThat(schedule.isDue(START)).isTrue();
        schedule.done(START);
        assertThat(schedule.isDue(START.plusMillis(4999))).isFalse();
        assertThat(schedule.isDue(START.plusSeconds(5))).isTrue();
    }

    @Test
    void isPutOffWhileChangesComeButNotForEver() {
        schedule.done(START);
        schedule.busy(START.plusMillis(4900));
        assertThat(schedule.isDue(START.plusSeconds(5))).isFalse();
        assertThat(schedule.isDue(START.plusMillis(5400))).isTrue();
        schedule.busy(START.plusMillis(29_900));
        assertThat(schedule.isDue(START.plusMillis(29_999))).isFalse();
        assertThat(schedule.isDue(START.plusSeconds(30))).isTrue();
    }
}
