package dev.tidemark.producer.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.model.TableId;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.threeten.extra.MutableClock;

class LockedTablesTest {

    private static final TableId TABLE = TableId.parse("items");

    private final MutableClock clock = MutableClock.epochUTC();
    private final LockedTables locked = new LockedTables(Duration.ofSeconds(5), clock);

    @Test
    void areTriedEverMoreSeldomButAtLeastEachFiveMinutes() {
        for (int seconds : new int[] {5, 10, 20, 40, 80, 160, 300, 300}) {
            assertThat(locked.isDue(TABLE)).isTrue();
            assertThat(locked.putOff(TABLE)).isEqualTo(clock.instant().plusSeconds(seconds));
            clock.add(Duration.ofSeconds(seconds).minusMillis(1));
            assertThat(locked.isDue(TABLE)).isFalse();
            clock.add(Duration.ofMillis(1));
        }
    }

    @Test
    void areTriedAtOnceWhenTheyAreForgotten() {
        locked.putOff(TABLE);
        locked.putOff(TABLE);
        locked.forget(TABLE);
        assertThat(locked.isDue(TABLE)).isTrue();
        assertThat(locked.putOff(TABLE)).isEqualTo(clock.instant().plusSeconds(5));
        locked.forgetAll();
        assertThat(locked.isDue(TABLE)).isTrue();
    }
}
