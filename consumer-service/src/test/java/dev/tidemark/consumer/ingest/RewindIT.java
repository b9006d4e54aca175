package dev.tidemark.consumer.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.consumer.Events;
import dev.tidemark.consumer.apply.ControlStore;
import dev.tidemark.consumer.apply.MoveRefusedException;
import dev.tidemark.consumer.apply.OffsetMoves;
import dev.tidemark.consumer.apply.OffsetMoves.Move;
import dev.tidemark.consumer.apply.Sink;
import dev.tidemark.consumer.apply.TestDestination;
import dev.tidemark.consumer.deadletter.RefusedEvent;
import dev.tidemark.model.ChangeEvent;
import dev.tidemark.model.Marker;
import dev.tidemark.model.Marker.ChunkEnd;
import dev.tidemark.model.Operation;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Wherever a partition is moved back to, the tables are equal when it has caught up again. */
class RewindIT {

    @RegisterExtension
    static final TestDestination destination = TestDestination.create();

    private final ControlStore control = new ControlStore(destination.dataSource(), "group");
    private final OffsetMoves moves = new OffsetMoves(destination.dataSource(), control);

    private final FakeBroker broker = new FakeBroker();
    private final TopicPartition people = broker.create("x.public.people");
    private final Events events = Events.of("people");
    private final Map<Integer, String> source = new TreeMap<>();
    private final List<ConsumerRecord<byte[], byte[]>> sent = new ArrayList<>();
    private long sequence;

    @BeforeEach
    void reset() {
        destination.execute("DROP TABLE IF EXISTS people", "CREATE TABLE people (id int PRIMARY KEY, name text)");
    }

    private final class Instance {
        final MockConsumer<byte[], byte[]> consumer = broker.consumer(people);
        final PipelineStatus status = new PipelineStatus(Clock.systemUTC());
        final Ingestion ingestion;

        Instance() {
            Sink sink = destination.sink(false);
            Positioner positioner = new Positioner(destination.offsets(), broker, Duration.ofSeconds(1));
            Backoff backoff = new Backoff(Duration.ofMillis(1), Duration.ofMillis(1));
            ingestion = new Ingestion(
                    sink, positioner, new TableSearch(sink, false), status, new Nobody(), backoff, Clock.systemUTC());
            consumer.seek(people, 0);
            consumer.pause(List.of(people));
            ingestion.assigned(List.of(people));
        }

        void step(int most) {
            broker.refresh(consumer);
            ingestion.tick(consumer);
            var records = broker.poll(consumer, most);
            if (!records.isEmpty()) {
                ingestion.take(records, consumer);
            }
        }

        Instance drain(Random random) {
            for (int i = 0; i < 10_000 && stands() < broker.end(people); i++) {
                step(1 + random.nextInt(40));
            }
            return this;
        }

        void obey() throws SQLException {
            new ConsumerControl(control, status).refresh();
            step(1);
        }
    }

    private static long stands() {
        List<String> stored = destination.rows("SELECT next_offset FROM cdc.applied_offset");
        return stored.isEmpty() ? -1 : Long.parseLong(stored.get(0));
    }

    private void send(ConsumerRecord<byte[], byte[]> record) {
        broker.append(record);
        sent.add(record);
    }

    private void change(Operation operation, Integer id, String row) {
        String key = id == null ? null : "{'id':" + id + "}";
        send(events.record(people, broker.end(people), operation, ++sequence, key, row));
    }

    private void mark(Marker marker) {
        send(Events.marker(people, broker.end(people), marker));
    }

    private static String row(int id, String name) {
        return "{'id':%d,'name':'%s'}".formatted(id, name);
    }

    private void put(int id, String name) {
        source.put(id, name);
        change(Operation.UPDATE, id, row(id, name));
    }

    private void delete(int id) {
        source.remove(id);
        change(Operation.DELETE, id, null);
    }

    private void truncate() {
        source.clear();
        change(Operation.TRUNCATE, null, null);
    }

    /** @param whole whether its producer gets to its end */
    private void chunk(boolean whole) {
        mark(events.chunk(++sequence, null, null));
        source.forEach((id, name) -> change(Operation.READ, id, row(id, name)));
        if (whole) {
            mark(new ChunkEnd(++sequence, source.size()));
        }
    }

    /** A record that is there comes again. */
    private void repeat(ConsumerRecord<byte[], byte[]> old) {
        ConsumerRecord<byte[], byte[]> copy = new ConsumerRecord<>(
                old.topic(),
                old.partition(),
                broker.end(people),
                old.timestamp(),
                old.timestampType(),
                0,
                0,
                old.key(),
                old.value(),
                old.headers(),
                old.leaderEpoch());
        send(copy);
    }

    private void work(Random random, int steps) {
        for (int i = 0; i < steps; i++) {
            int id = 1 + random.nextInt(12);
            switch (random.nextInt(30)) {
                case 0 -> chunk(true);
                case 1 -> chunk(false);
                case 2 -> truncate();
                case 3 ->
                    List.copyOf(sent.subList(Math.max(0, sent.size() - 5), sent.size()))
                            .forEach(this::repeat);
                case 4, 5 -> lateOne(random);
                case 6, 7, 8, 9 -> delete(id);
                default -> put(id, "n" + sequence);
            }
        }
        put(99, "last");
    }

    /** A producer that was replaced sends something of its own. */
    private void lateOne(Random random) {
        if (!sent.isEmpty()) {
            repeat(sent.get(random.nextInt(sent.size())));
        }
    }

    private void assertEqual(String when) {
        assertThat(destination.rows("SELECT id, name FROM people ORDER BY id"))
                .as(when)
                .containsExactlyElementsOf(source.entrySet().stream()
                        .map(row -> row.getKey() + "|" + row.getValue())
                        .toList());
        assertThat(destination.rows("SELECT message FROM cdc.dead_letter"))
                .as(when)
                .isEmpty();
    }

    private void rewind(long from, long to) throws SQLException {
        moves.move(List.of(new Move(people, "x.public.people-id", from, to)));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void endsInEqualTables(long seed) throws SQLException {
        Random random = new Random(seed);
        work(random, 150);
        Instance instance = new Instance().drain(random);
        assertEqual("before, seed " + seed);
        for (int i = 0; i < 8; i++) {
            control.write(true, "ann");
            instance.obey();
            long to = i == 0 ? 0 : random.nextLong(broker.end(people));
            rewind(stands(), to);
            control.write(false, "ann");
            if (random.nextBoolean()) {
                work(random, 10);
            }
            instance.obey();
            instance.drain(random);
            assertEqual("rewound to " + to + ", seed " + seed);
        }
    }

    @Test
    void isNotUndoneByWhatCameLate() throws SQLException {
        put(1, "old");
        put(1, "new");
        repeat(sent.get(0));
        put(2, "b");
        Instance instance = new Instance().drain(new Random(1));
        control.write(true, "ann");
        instance.obey();
        rewind(4, 2);
        assertThat(destination.value("SELECT next_offset, last_sequence FROM cdc.applied_offset"))
                .isEqualTo("2|null");
        control.write(false, "ann");
        instance.obey();
        instance.drain(new Random(1));
        assertEqual("rewound to what came late");
        assertThat(destination.value("SELECT last_sequence FROM cdc.applied_offset"))
                .isEqualTo("3");
    }

    @Test
    void isRefusedUnlessAllIsQuiet() throws SQLException {
        put(1, "a");
        new Instance().drain(new Random(1));
        assertThatThrownBy(() -> rewind(1, 0))
                .isInstanceOf(MoveRefusedException.class)
                .hasMessageContaining("POST /admin/pause");
        control.write(true, "ann");
        assertThatThrownBy(() -> rewind(7, 0))
                .isInstanceOf(MoveRefusedException.class)
                .hasMessageContaining("does not stand at 7");
        try (Connection batch = destination.dataSource().getConnection();
                Statement statement = batch.createStatement()) {
            batch.setAutoCommit(false);
            statement.execute("UPDATE cdc.applied_offset SET next_offset = 2");
            assertThatThrownBy(() -> rewind(1, 0))
                    .isInstanceOf(MoveRefusedException.class)
                    .hasMessageContaining("still being applied");
            batch.rollback();
        }
        assertThat(stands()).isEqualTo(1);
        rewind(1, 0);
        assertThat(stands()).isZero();
    }

    @Test
    void fencesAnInstanceThatHasNotHeardOfThePause() throws SQLException {
        put(1, "a");
        put(2, "b");
        Instance deaf = new Instance();
        deaf.step(1);
        control.write(true, "ann");
        rewind(1, 0);
        source.remove(1);
        destination.execute("DELETE FROM people");
        deaf.step(1);
        assertThat(destination.rows("SELECT id FROM people")).isEmpty();
        assertThat(stands()).isZero();
    }

    private static final class Nobody implements IngestListener {
        @Override
        public void applied(List<ChangeEvent> applied, Instant committedAt) {}

        @Override
        public void refused(Collection<RefusedEvent> refused) {}

        @Override
        public void skipped(int skipped) {}

        @Override
        public void batch(int size, Duration took) {}
    }
}
