package dev.tidemark.producer.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.producer.source.OpenTransaction;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.threeten.extra.MutableClock;

class OpenWritersTest {

    private final MutableClock clock = MutableClock.epochUTC();
    private final OpenWriters writers = new OpenWriters(clock);

    private static OpenTransaction writer(String id, @Nullable Double seconds) {
        return new OpenTransaction(id, 7, null, "somebody", null, null, null, seconds, null);
    }

    @Test
    void countsFromTheFirstSightWhereTheSourceDoesNotTell() {
        writers.see(List.of(writer("3/7", null)));
        assertThat(writers.oldestSeconds()).isZero();
        clock.add(Duration.ofSeconds(30));
        writers.see(List.of(writer("3/7", null), writer("4/1", 12.0)));
        assertThat(writers.oldestSeconds()).isEqualTo(30);
    }

    @Test
    void forgetsThoseThatHaveEnded() {
        writers.see(List.of(writer("3/7", null), writer("4/1", 12.0)));
        clock.add(Duration.ofSeconds(30));
        writers.see(List.of());
        assertThat(writers.oldestSeconds()).isZero();
        writers.see(List.of(writer("3/7", null)));
        assertThat(writers.oldestSeconds()).isZero();
    }

    @Test
    void isUnknownWhileTheSourceIsAway() {
        assertThat(writers.oldestSeconds()).isNaN();
        writers.see(List.of());
        writers.lose();
        assertThat(writers.oldestSeconds()).isNaN();
    }
}
