package dev.tidemark.consumer.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import dev.tidemark.consumer.apply.HeartbeatTable;
import dev.tidemark.consumer.apply.Targets;
import dev.tidemark.model.ChangeEvent;
import dev.tidemark.model.Operation;
import dev.tidemark.model.TableId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;
import org.threeten.extra.MutableClock;

class ConsumerMetersTest {

    private static final TableId PEOPLE = TableId.parse("people");
    private static final TableId PETS = TableId.parse("pets");
    private static final Instant NOW = Instant.EPOCH;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ConsumerMeters meters = new ConsumerMeters(
            registry,
            new HeartbeatWatch(new HeartbeatTable(new SimpleDriverDataSource(), "x"), MutableClock.epochUTC()),
            Targets.asAtTheSource());

    private static ChangeEvent event(TableId table, Operation operation, int ageMillis) {
        long at = NOW.minusMillis(ageMillis).toEpochMilli() * 1000;
        return new ChangeEvent(operation, table, null, null, 1, 1, at, 0);
    }

    private double applied(String table, String operation) {
        return registry.get("cdc.events.applied")
                .tags("table", table, "operation", operation)
                .counter()
                .count();
    }

    @Test
    void countsRunsOfTablesAndOperations() {
        meters.applied(
                List.of(
                        event(PEOPLE, Operation.CREATE, 5),
                        event(PEOPLE, Operation.UPDATE, 5),
                        event(PETS, Operation.DELETE, 5),
                        event(PEOPLE, Operation.UPDATE, 5)),
                NOW);
        assertThat(applied("public.people", "create")).isEqualTo(1);
        assertThat(applied("public.people", "update")).isEqualTo(2);
        assertThat(applied("public.people", "delete")).isZero();
        assertThat(applied("public.pets", "delete")).isEqualTo(1);
    }

    @Test
    void timesChangesButNotTheRowsOfSnapshots() {
        meters.applied(List.of(event(PEOPLE, Operation.READ, 50_000), event(PEOPLE, Operation.UPDATE, 20)), NOW);
        var delay = registry.get("cdc.delay").tag("table", "public.people").timer();
        assertThat(delay.count()).isEqualTo(1);
        assertThat(delay.max(TimeUnit.MILLISECONDS)).isEqualTo(20);
        assertThat(applied("public.people", "read")).isEqualTo(1);
    }

    @Test
    void knowsThePercentilesOfLargeBatchesToo() {
        List<ChangeEvent> batch = IntStream.range(0, 10_000)
                .mapToObj(i -> event(PEOPLE, Operation.UPDATE, i < 9_500 ? 10 : 1_000))
                .toList();
        meters.applied(batch, NOW);
        Delay delay = meters.delays().get(0);
        assertThat(delay.table()).isEqualTo("public.people");
        assertThat(delay.count()).isEqualTo(10_000);
        assertThat(delay.p50()).isCloseTo(10.0, withPercentage(10));
        assertThat(delay.p99()).isCloseTo(1_000.0, withPercentage(10));
        assertThat(delay.max()).isEqualTo(1_000);
    }

    @Test
    void showsATableWithZerosBeforeItsFirstEvent() {
        meters.know(PEOPLE);
        assertThat(applied("public.people", "truncate")).isZero();
        assertThat(registry.get("cdc.events.refused")
                        .tags("table", "public.people", "cause", "rule")
                        .counter()
                        .count())
                .isZero();
    }
}
