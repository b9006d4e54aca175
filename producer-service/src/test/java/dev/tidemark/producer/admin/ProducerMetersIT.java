package dev.tidemark.producer.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.model.RowKey;
import dev.tidemark.model.TableId;
import dev.tidemark.model.TopicNames;
import dev.tidemark.producer.capture.Pipeline;
import dev.tidemark.producer.capture.PollStatus;
import dev.tidemark.producer.capture.PollStatus.State;
import dev.tidemark.producer.publish.TableProgress;
import dev.tidemark.producer.publish.TableTopic;
import dev.tidemark.producer.source.TestSource;
import dev.tidemark.producer.source.TrackedTable;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.threeten.extra.MutableClock;

/** The gauges on a real source, beside a poller that is told what to say. */
class ProducerMetersIT {

    private final TestSource source = TestSource.create();
    private final MutableClock clock = MutableClock.epochUTC();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final CaptureMonitor monitor = new CaptureMonitor(new CaptureMeters(registry), clock);
    private final Pipeline pipeline =
            new Pipeline("hr", "1.0", "instance-1", new TopicNames("hr"), List.of(), Map.of(), false);
    private PollStatus polled = status(State.STARTING, null);
    private final TableViews views = new TableViews(source.tables(), pipeline, monitor, () -> polled);
    private final SourceWatch watch = new SourceWatch(source.log(), source.backlog(), views, () -> polled, clock);
    private final ProducerMeters meters = new ProducerMeters(() -> polled, monitor, watch, clock, registry);

    private static PollStatus status(State state, @Nullable String position) {
        return new PollStatus(state, Instant.EPOCH, position == null ? 0 : 1, position, null, null);
    }

    private String position() {
        return source.text("SELECT pg_current_snapshot()::text");
    }

    private double value(String name, String... tags) {
        return registry.get(name).tags(tags).gauge().value();
    }

    private void track(String table) {
        source.execute("CREATE TABLE " + table + " (id int PRIMARY KEY); SELECT cdc.track('" + table + "')");
    }

    @Test
    void tellTheStateFromTheStart() {
        assertThat(value("cdc.producer.state", "state", "starting")).isEqualTo(1);
        assertThat(value("cdc.producer.state", "state", "running")).isZero();
        assertThat(value("cdc.producer.active")).isZero();
        assertThat(value("cdc.source.up")).isZero();
        assertThat(value("cdc.log.backlog")).isNaN();
        polled = status(State.PAUSED, position());
        assertThat(value("cdc.producer.state", "state", "paused")).isEqualTo(1);
        assertThat(value("cdc.producer.active")).isEqualTo(1);
    }

    @Test
    void tellWhatWaitsInTheLogAndSinceWhen() {
        track("people");
        polled = status(State.RUNNING, position());
        source.execute("INSERT INTO people SELECT generate_series(1, 2500)");
        source.execute("UPDATE cdc.change_log SET at = at - interval '1 minute'");
        meters.refresh();
        assertThat(value("cdc.source.up")).isEqualTo(1);
        assertThat(value("cdc.log.backlog")).isEqualTo(2500);
        assertThat(value("cdc.log.backlog.age")).isBetween(60.0, 90.0);
        assertThat(value("cdc.log.age")).isBetween(60.0, 90.0);
        assertThat(registry.get("cdc.log.size").gauges()).hasSize(4);
        assertThat(registry.get("cdc.log.size").gauges().stream()
                        .mapToDouble(gauge -> gauge.value())
                        .sum())
                .isGreaterThan(2500 * 50);
        polled = status(State.RUNNING, position());
        meters.refresh();
        assertThat(value("cdc.log.backlog")).isZero();
        assertThat(value("cdc.log.backlog.age")).isZero();
    }

    @Test
    void tellAboutHowMuchWaitsWhereThatIsMuch() throws SQLException {
        track("people");
        try (Connection late = source.connection();
                Statement statement = late.createStatement()) {
            late.setAutoCommit(false);
            statement.execute("INSERT INTO people VALUES (0)");
            polled = status(State.RUNNING, position());
            source.execute("INSERT INTO people SELECT generate_series(1, 12000)");
            late.commit();
        }
        meters.refresh();
        assertThat(value("cdc.log.backlog")).isEqualTo(12001);
    }

    @Test
    void tellNothingWrongWhileTheSourceIsAway() {
        track("people");
        polled = status(State.RUNNING, position());
        meters.refresh();
        assertThat(value("cdc.log.backlog")).isZero();
        assertThat(value("cdc.table.state", "table", "public.people", "state", "waiting"))
                .isEqualTo(1);
        source.leave();
        polled = status(State.FAILED, null);
        meters.refresh();
        clock.add(Duration.ofSeconds(42));
        assertThat(value("cdc.source.up")).isZero();
        assertThat(value("cdc.log.backlog")).isNaN();
        assertThat(value("cdc.log.backlog.age")).isEqualTo(42);
        assertThat(value("cdc.log.size", "slot", "0")).isNaN();
        assertThat(value("cdc.log.transaction.age")).isNaN();
        assertThat(value("cdc.table.state", "table", "public.people", "state", "waiting"))
                .isNaN();
    }

    @Test
    void tellOfATransactionThatStaysOpen() throws SQLException {
        track("people");
        try (Connection writer = source.connection();
                Statement statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            statement.execute("SELECT pg_sleep(0.01); INSERT INTO people VALUES (1)");
            meters.refresh();
            assertThat(value("cdc.log.transaction.age")).isGreaterThanOrEqualTo(0.01);
            writer.rollback();
        }
        meters.refresh();
        assertThat(value("cdc.log.transaction.age")).isZero();
    }

    @Test
    void tellTheStateOfEachTableAndOfItsSnapshot() {
        track("people");
        source.execute("INSERT INTO people SELECT generate_series(1, 100); ANALYZE people");
        polled = status(State.RUNNING, position());
        meters.refresh();
        assertThat(value("cdc.snapshot.rows", "table", "public.people")).isZero();
        assertThat(value("cdc.snapshot.progress", "table", "public.people")).isZero();
        String trackedAt = source.text("SET TimeZone = 'UTC'; SELECT tracked_at::text FROM cdc.tracked_table");
        TrackedTable people = new TrackedTable(
                1, TableId.parse("people"), List.of(), List.of(), "", trackedAt, null, null, false, true);
        TableProgress none = TableProgress.none(people, new TableTopic("topic-id", 1));
        monitor.snapshotProgress(none.advanced(new RowKey("{\"id\":40}"), 40));
        meters.refresh();
        assertThat(value("cdc.snapshot.rows", "table", "public.people")).isEqualTo(40);
        assertThat(value("cdc.snapshot.progress", "table", "public.people")).isEqualTo(0.4);
        assertThat(value("cdc.table.state", "table", "public.people", "state", "snapshotting"))
                .isEqualTo(1);
        source.execute("ALTER TABLE people DISABLE TRIGGER zz_cdc_update");
        meters.refresh();
        assertThat(value("cdc.table.state", "table", "public.people", "state", "unprotected"))
                .isEqualTo(1);
        assertThat(value("cdc.table.state", "table", "public.people", "state", "snapshotting"))
                .isZero();
        source.execute("SELECT cdc.untrack('people')");
        meters.refresh();
        assertThat(value("cdc.table.state", "table", "public.people", "state", "unprotected"))
                .isZero();
        assertThat(value("cdc.snapshot.rows", "table", "public.people")).isNaN();
    }

    @Test
    void tellForHowLongKafkaIsAwayOverNewStartsToo() {
        monitor.waitingForKafka();
        clock.add(Duration.ofSeconds(10));
        monitor.publishingFailed();
        monitor.released();
        clock.add(Duration.ofSeconds(10));
        assertThat(value("cdc.publish.waiting")).isEqualTo(20);
        assertThat(registry.get("cdc.publish.failures").counter().count()).isEqualTo(1);
        monitor.acknowledged();
        assertThat(value("cdc.publish.waiting")).isZero();
    }
}
