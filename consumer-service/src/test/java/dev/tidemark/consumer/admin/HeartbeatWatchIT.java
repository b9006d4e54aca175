package dev.tidemark.consumer.admin;

import static dev.tidemark.consumer.MovableClock.BEGIN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.consumer.MovableClock;
import dev.tidemark.consumer.apply.HeartbeatTable;
import dev.tidemark.consumer.apply.TestDestination;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.datasource.DelegatingDataSource;

class HeartbeatWatchIT {

    private static TestDestination destination;

    private final MovableClock clock = new MovableClock();
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

    @BeforeAll
    static void start() {
        destination = TestDestination.create();
    }

    @AfterAll
    static void stop() {
        destination.close();
    }

    @BeforeEach
    void reset() {
        destination.execute("TRUNCATE cdc.heartbeat");
    }

    private static void arrived(Instant at) {
        destination.execute("INSERT INTO cdc.heartbeat VALUES ('hr', '" + at + "', 5), ('other', '2000-01-01', 5)"
                + " ON CONFLICT (topic_prefix) DO UPDATE SET at = excluded.at");
    }

    private void after(int seconds) {
        clock.advance(Duration.ofSeconds(seconds));
    }

    private void look(int seconds) {
        after(seconds);
        watch.look();
    }

    @Test
    void knowsNothingWithoutAHeartbeat() {
        look(0);
        watch.applied(BEGIN, BEGIN);
        assertThat(watch.lagSeconds()).isNaN();
        assertThat(watch.ageSeconds()).isNaN();
    }

    @Test
    void tellsTheDelayWhileHeartbeatsComeAsTheyShould() {
        arrived(BEGIN.minusSeconds(4));
        look(0);
        watch.applied(BEGIN, BEGIN.plusMillis(12));
        after(4);
        assertThat(watch.lagSeconds()).isEqualTo(0.012);
        assertThat(watch.ageSeconds()).isEqualTo(4);
    }

    @Test
    void growsFromWhenTheNextOneIsOverdue() {
        arrived(BEGIN);
        watch.applied(BEGIN, BEGIN.plusMillis(12));
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
        arrived(BEGIN);
        look(1);
        away = true;
        look(9);
        look(90);
        assertThat(watch.lagSeconds()).isEqualTo(95);
        assertThat(watch.ageSeconds()).isEqualTo(100);
    }

    @Test
    void isRightAfterAStartAndWhereAnotherInstanceAppliesIt() {
        arrived(BEGIN.minusSeconds(3600));
        look(0);
        assertThat(watch.lagSeconds()).isEqualTo(3595);
        arrived(BEGIN);
        look(4);
        after(4);
        assertThat(watch.lagSeconds()).isZero();
    }

    @Test
    void forgetsItsOwnDelayWhenAnotherInstanceGoesOn() {
        arrived(BEGIN);
        watch.applied(BEGIN, BEGIN.plusSeconds(600));
        look(600);
        assertThat(watch.lagSeconds()).isEqualTo(600);
        arrived(BEGIN.plusSeconds(599));
        look(1);
        assertThat(watch.lagSeconds()).isZero();
    }

    @Test
    void forgetsItWhenItIsSwitchedOff() {
        arrived(BEGIN);
        look(1);
        destination.execute("DELETE FROM cdc.heartbeat");
        look(100);
        assertThat(watch.lagSeconds()).isNaN();
    }
}
