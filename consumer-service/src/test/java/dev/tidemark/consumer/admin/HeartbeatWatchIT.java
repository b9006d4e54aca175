package dev.tidemark.consumer.admin;

import static java.time.Instant.EPOCH;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.consumer.apply.HeartbeatTable;
import dev.tidemark.consumer.apply.TestDestination;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.threeten.extra.MutableClock;

class HeartbeatWatchIT {

    @RegisterExtension
    static final TestDestination destination = TestDestination.create();

    private final MutableClock clock = MutableClock.epochUTC();
    private boolean away;
    private final HeartbeatWatch watch = new HeartbeatWatch(new HeartbeatTable(new SometimesAway(), "hr"), clock);

    private final class SometimesAway extends DelegatingDataSource {

        SometimesAway() {
            super(destination.dataSource());
        }

        @Override
        public Connection getConnection() throws SQLException {
            if (away) {
                throw new SQLException("gone", "08001");
            }
            return super.getConnection();
        }
    }

    private static void arrived(Instant at) {
        destination.execute("INSERT INTO cdc.heartbeat VALUES ('hr', '" + at + "', 5), ('other', '2000-01-01', 5)"
                + " ON CONFLICT (topic_prefix) DO UPDATE SET at = excluded.at");
    }

    private void after(int seconds) {
        clock.add(Duration.ofSeconds(seconds));
    }

    private void look(int seconds) {
        after(seconds);
        watch.look();
    }

    @Test
    void knowsNothingWithoutAHeartbeat() {
        look(0);
        watch.applied(EPOCH, EPOCH);
        assertThat(watch.lagSeconds()).isNaN();
        assertThat(watch.ageSeconds()).isNaN();
    }

    @Test
    void tellsTheDelayWhileHeartbeatsComeAsTheyShould() {
        arrived(EPOCH.minusSeconds(4));
        look(0);
        watch.applied(EPOCH, EPOCH.plusMillis(12));
        after(4);
        assertThat(watch.lagSeconds()).isEqualTo(0.012);
        assertThat(watch.ageSeconds()).isEqualTo(4);
    }

    @Test
    void growsFromWhenTheNextOneIsOverdue() {
        arrived(EPOCH);
        watch.applied(EPOCH, EPOCH.plusMillis(12));
        look(5);
        assertThat(watch.lagSeconds()).isEqualTo(0.012);
        look(5);
        assertThat(watch.lagSeconds()).isEqualTo(5);
        look(50);
        assertThat(watch.lagSeconds()).isEqualTo(55);
        assertThat(watch.ageSeconds()).isEqualTo(60);
    }

    @Test
    void growsWhileTheDestinationIsAway() {
        arrived(EPOCH);
        look(1);
        away = true;
        look(9);
        look(90);
        assertThat(watch.lagSeconds()).isEqualTo(95);
        assertThat(watch.ageSeconds()).isEqualTo(100);
    }

    @Test
    void isRightAfterAStartAndWhereAnotherInstanceAppliesIt() {
        arrived(EPOCH.minusSeconds(3600));
        look(0);
        assertThat(watch.lagSeconds()).isEqualTo(3595);
        arrived(EPOCH);
        look(4);
        after(4);
        assertThat(watch.lagSeconds()).isZero();
    }

    @Test
    void forgetsItsOwnDelayWhenAnotherInstanceGoesOn() {
        arrived(EPOCH);
        watch.applied(EPOCH, EPOCH.plusSeconds(600));
        look(600);
        assertThat(watch.lagSeconds()).isEqualTo(600);
        arrived(EPOCH.plusSeconds(599));
        look(1);
        assertThat(watch.lagSeconds()).isZero();
    }

    @Test
    void forgetsItWhenItIsSwitchedOff() {
        arrived(EPOCH);
        look(1);
        destination.execute("DELETE FROM cdc.heartbeat");
        look(100);
        assertThat(watch.lagSeconds()).isNaN();
    }
}
