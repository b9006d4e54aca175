package dev.tidemark.consumer.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.consumer.Events;
import dev.tidemark.consumer.apply.Control;
import dev.tidemark.consumer.apply.ControlStore;
import dev.tidemark.consumer.apply.ErrorKind;
import dev.tidemark.consumer.apply.OffsetMoves;
import dev.tidemark.consumer.apply.OffsetMoves.Move;
import dev.tidemark.consumer.apply.OffsetStore;
import dev.tidemark.consumer.apply.Sink;
import dev.tidemark.consumer.apply.Targets;
import dev.tidemark.consumer.apply.TestDestination;
import dev.tidemark.consumer.deadletter.RefusedEvent;
import dev.tidemark.model.ChangeEvent;
import dev.tidemark.model.Marker.ChunkEnd;
import dev.tidemark.model.Marker.ChunkStart;
import dev.tidemark.model.Marker.ColumnType;
import dev.tidemark.model.Operation;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.threeten.extra.MutableClock;

class IngestionIT {

    @RegisterExtension
    static final TestDestination destination = TestDestination.create();

    private final ControlStore controls = new ControlStore(destination.dataSource(), "group");

    private final FakeBroker broker = new FakeBroker();
    private final TopicPartition people = broker.create("x.public.people");
    private final TopicPartition pets = broker.create("x.public.pets");
    private final Events peopleEvents = Events.of("people");
    private final Events petsEvents = Events.of("pets");
    private final MutableClock clock = MutableClock.epochUTC();
    private final Counts counts = new Counts();
    private final Gate gate = new Gate();

    @BeforeEach
    void reset() {
        destination.execute(
                "DROP TABLE IF EXISTS people, pets, writes, elsewhere",
                "CREATE TABLE people (id int PRIMARY KEY, name varchar(5))",
                "CREATE TABLE pets (id int PRIMARY KEY, name varchar(5))",
                "CREATE TABLE writes (id int)",
                "CREATE OR REPLACE FUNCTION count_writes() RETURNS trigger LANGUAGE plpgsql AS"
                        + " $$ BEGIN INSERT INTO public.writes VALUES (NEW.id); RETURN NULL; END $$",
                "CREATE TRIGGER count_writes AFTER INSERT OR UPDATE ON people FOR EACH ROW EXECUTE FUNCTION count_writes()",
                "ALTER TABLE people ENABLE ALWAYS TRIGGER count_writes");
    }

    /** A consumer-service without its container. */
    private final class Instance {
        final MockConsumer<byte[], byte[]> consumer;
        final PipelineStatus status = new PipelineStatus(clock);
        final Ingestion ingestion;

        Instance(boolean createTables, TopicPartition... partitions) {
            consumer = broker.consumer(partitions);
            Sink sink = new Sink(
                    gate,
                    Targets.asAtTheSource(),
                    createTables,
                    TestDestination.DEAD_LETTERS,
                    TestDestination.NO_RULES);
            Positioner positioner = new Positioner(new OffsetStore(gate), broker, Duration.ofSeconds(1));
            Backoff backoff = new Backoff(Duration.ofMillis(200), Duration.ofSeconds(5));
            ingestion = new Ingestion(
                    sink, positioner, new TableSearch(sink, createTables), status, counts, backoff, clock);
            assign(partitions);
        }

        Instance(TopicPartition... partitions) {
            this(false, partitions);
        }

        void assign(TopicPartition... partitions) {
            for (TopicPartition partition : partitions) {
                consumer.seek(partition, 0);
            }
            consumer.pause(List.of(partitions));
            ingestion.assigned(List.of(partitions));
        }

        /** One turn of the container. */
        Instance step(int most) {
            broker.refresh(consumer);
            ingestion.tick(consumer);
            var records = broker.poll(consumer, most);
            if (!records.isEmpty()) {
                ingestion.take(records, consumer);
            }
            return this;
        }

        Instance step() {
            return step(1000);
        }

        /** What the supervisor does from time to time. */
        Instance listen() {
            try {
                new ConsumerControl(controls, status).refresh();
            } catch (SQLException e) {
                throw new AssertionError(e);
            }
            return this;
        }
    }

    private void change(TopicPartition partition, Events events, long sequence, int id, String name) {
        String row = "{'id':%d,'name':'%s'}".formatted(id, name);
        broker.append(
                events.record(partition, broker.end(partition), Operation.UPDATE, sequence, "{'id':" + id + "}", row));
    }

    private void person(long sequence, int id, String name) {
        change(people, peopleEvents, sequence, id, name);
    }

    private void chunk(long sequence, int... ids) {
        ColumnType id = new ColumnType("id", "integer", true, false, 1, 0);
        ColumnType name = new ColumnType("name", "character varying(5)", false, false, 0, 0);
        broker.append(Events.marker(
                people,
                broker.end(people),
                new ChunkStart(sequence, "public", "people", null, null, List.of(id, name), Map.of())));
        for (int i = 0; i < ids.length; i++) {
            String row = "{'id':%d,'name':'c'}".formatted(ids[i]);
            broker.append(peopleEvents.record(
                    people, broker.end(people), Operation.READ, sequence + 1 + i, "{'id':" + ids[i] + "}", row));
        }
        broker.append(Events.marker(people, broker.end(people), new ChunkEnd(sequence + 1 + ids.length, ids.length)));
    }

    private static List<String> rows(String table) {
        return destination.rows("SELECT id, name FROM " + table + " ORDER BY id");
    }

    private static String stored(TopicPartition partition) {
        return destination.value(
                "SELECT next_offset, last_sequence FROM cdc.applied_offset WHERE topic = '" + partition.topic() + "'");
    }

    @Test
    void readsOnWhereTheDestinationStands() {
        person(1, 1, "a");
        person(2, 2, "b");
        new Instance(people).step(1);
        assertThat(rows("people")).containsExactly("1|a");
        new Instance(people).step();
        assertThat(rows("people")).containsExactly("1|a", "2|b");
        assertThat(destination.rows("SELECT id FROM writes ORDER BY id")).containsExactly("1", "2");
    }

    @Test
    void appliesNothingTwice() {
        person(1, 1, "a");
        person(2, 2, "b");
        person(1, 1, "a");
        person(2, 2, "b");
        person(3, 3, "c");
        new Instance(people).step(2).step();
        assertThat(destination.rows("SELECT id FROM writes ORDER BY id")).containsExactly("1", "2", "3");
        assertThat(stored(people)).isEqualTo("5|3");
        assertThat(counts.skipped).isEqualTo(2);
        assertThat(counts.applied).isEqualTo(3);
    }

    @Test
    void appliesNothingTwiceWhenTheCommitWasNotHeardOf() {
        person(1, 1, "a");
        Instance instance = new Instance(people);
        gate.loseNextCommit = true;
        instance.step();
        assertThat(instance.status.partitions().get(people).flows()).isFalse();
        clock.add(Duration.ofSeconds(1));
        person(2, 2, "b");
        instance.step();
        assertThat(destination.rows("SELECT id FROM writes ORDER BY id")).containsExactly("1", "2");
        assertThat(instance.status.partitions().get(people).flows()).isTrue();
    }

    @Test
    void letsOthersGoOnWhileOnePartitionIsBlocked() {
        person(1, 1, "a");
        Instance instance = new Instance(people, pets).step();
        destination.execute("ALTER TABLE people RENAME TO elsewhere");
        person(2, 2, "b");
        change(pets, petsEvents, 4, 1, "Rex");
        instance.step();
        assertThat(rows("pets")).containsExactly("1|Rex");
        change(pets, petsEvents, 5, 2, "Tom");
        instance.step();
        assertThat(rows("pets")).hasSize(2);
        PartitionStatus blocked = instance.status.partitions().get(people);
        assertThat(blocked.problem().kind()).isEqualTo(ErrorKind.ENVIRONMENT);
        assertThat(blocked.problem().key().json()).isEqualTo("{\"id\":2}");
        assertThat(blocked.problem().message()).contains("public.people");
        assertThat(stored(people)).isEqualTo("1|1");
        assertThat(counts.refused).isZero();
    }

    @Test
    void goesOnByItselfWhenTheDestinationWasRepaired() {
        destination.execute("ALTER TABLE people RENAME TO elsewhere");
        person(1, 1, "a");
        person(2, 2, "b");
        Instance instance = new Instance(people).step();
        destination.execute("ALTER TABLE elsewhere RENAME TO people");
        instance.step();
        assertThat(rows("people")).isEmpty();
        clock.add(Duration.ofMillis(200));
        instance.step();
        assertThat(rows("people")).containsExactly("1|a", "2|b");
        assertThat(counts.refused).isZero();
        assertThat(instance.status.partitions().get(people).flows()).isTrue();
    }

    @Test
    void staysBlockedAndLooksBlockedWhileItIsTriedInVain() {
        destination.execute("DROP TABLE people");
        person(1, 1, "a");
        Instance instance = new Instance(people);
        for (int i = 1; i <= 5; i++) {
            instance.step();
            assertThat(instance.status.partitions().get(people).failures()).isEqualTo(i);
            clock.add(Duration.ofSeconds(5));
        }
        assertThat(instance.status.partitions().get(people).since()).isEqualTo(Instant.EPOCH);
    }

    @Test
    void goesOnBehindRowsThatAreRefused() {
        person(1, 1, "a");
        person(2, 2, "toolong");
        broker.append(Events.record(people, broker.end(people), Events.utf8("{}"), Events.utf8("rubbish")));
        broker.append(peopleEvents.omitted(people, broker.end(people), 3, "{'id':3}"));
        person(4, 4, "d");
        Instance instance = new Instance(people).step();
        assertThat(rows("people")).containsExactly("1|a", "4|d");
        assertThat(stored(people)).isEqualTo("5|4");
        assertThat(counts.applied).isEqualTo(2);
        assertThat(counts.refused).isEqualTo(3);
        assertThat(instance.status.partitions().get(people).flows()).isTrue();
        assertThat(
                        destination.rows(
                                "SELECT record_offset, table_name, key, sequence, cause_class, state FROM cdc.dead_letter ORDER BY 1"))
                .containsExactly(
                        "1|public.people|{\"id\":2}|2|value|open",
                        "2|null|null|null|undecodable|open",
                        "3|public.people|{\"id\":3}|3|too_large|open");
        assertThat(destination.value(
                        "SELECT convert_from(record_value, 'UTF8') FROM cdc.dead_letter WHERE record_offset = 2"))
                .isEqualTo("rubbish");
    }

    @Test
    void waitsOnceForWhatMayMakeRoom() {
        destination.execute("ALTER TABLE people ADD UNIQUE (name)");
        person(1, 1, "a");
        person(2, 2, "b");
        Instance instance = new Instance(people).step();
        person(3, 1, "b");
        instance.step();
        assertThat(stored(people)).isEqualTo("2|2");
        assertThat(instance.status.partitions().get(people).flows()).isTrue();
        clock.add(Duration.ofMillis(200));
        instance.step();
        assertThat(stored(people)).isEqualTo("3|3");
        assertThat(counts.refused).isEqualTo(1);
    }

    @Test
    void findsItsPlaceWhenAnotherInstanceWasQuicker() {
        person(1, 1, "a");
        person(2, 2, "b");
        Instance first = new Instance(people);
        Instance second = new Instance(people);
        first.step(1);
        second.step(1);
        second.step(1);
        assertThat(rows("people")).hasSize(2);
        first.step();
        person(3, 3, "c");
        first.step();
        first.step();
        assertThat(rows("people")).hasSize(3);
        assertThat(destination.rows("SELECT id FROM writes ORDER BY id")).containsExactly("1", "2", "3");
    }

    @Test
    void waitsForADestinationThatIsAway() {
        person(1, 1, "a");
        gate.closed = true;
        Instance instance = new Instance(people).step().step();
        assertThat(instance.status.partitions().get(people).problem().kind()).isEqualTo(ErrorKind.ENVIRONMENT);
        gate.closed = false;
        instance.step();
        assertThat(rows("people")).isEmpty();
        clock.add(Duration.ofSeconds(5));
        instance.step();
        assertThat(rows("people")).containsExactly("1|a");
        assertThat(instance.status.partitions().get(people).flows()).isTrue();
    }

    @Test
    void readsAgainWhatADestinationThatWentAwayDidNotTake() {
        Instance instance = new Instance(people).step();
        gate.closed = true;
        person(1, 1, "a");
        instance.step();
        gate.closed = false;
        clock.add(Duration.ofSeconds(5));
        person(2, 2, "b");
        instance.step();
        assertThat(rows("people")).containsExactly("1|a", "2|b");
    }

    @Test
    void neverSkipsWhatKafkaHasDeleted() throws SQLException {
        person(1, 1, "a");
        person(2, 2, "b");
        person(3, 3, "c");
        new Instance(people).step(1);
        broker.deleteBefore(people, 2);
        Instance instance = new Instance(people).step();
        assertThat(instance.status.partitions().get(people).problem().message())
                .contains("events are lost", "new snapshot", "PATCH /admin/offsets", "\"kafka_offset\":2");
        assertThat(rows("people")).containsExactly("1|a");
        controls.write(true, "ann");
        new OffsetMoves(destination.dataSource(), controls)
                .move(List.of(new Move(people, broker.ids.get(people.topic()), 1, 2)));
        controls.write(false, "ann");
        clock.add(Duration.ofSeconds(5));
        instance.step();
        assertThat(rows("people")).containsExactly("1|a", "3|c");
    }

    @Test
    void noticesWhatKafkaDeletesUnderItsEyes() {
        person(1, 1, "a");
        person(2, 2, "b");
        person(3, 3, "c");
        Instance instance = new Instance(people).step(1);
        broker.deleteBefore(people, 2);
        instance.step().step();
        assertThat(instance.status.partitions().get(people).problem().message()).contains("events are lost");
        assertThat(rows("people")).containsExactly("1|a");
    }

    @Test
    void letsOthersGoOnWhileATopicMayNotBeRead() {
        person(1, 1, "a");
        Instance instance = new Instance(people, pets).step();
        new ChangeListener(instance.ingestion, new GroupOffsets(clock))
                .handleOtherException(
                        new UnreadableTopicsException(new TopicAuthorizationException(Set.of(people.topic()))),
                        instance.consumer,
                        null,
                        true);
        assertThat(instance.consumer.paused()).containsExactly(people);
        assertThat(instance.status.of(people).problem().message()).contains(people.topic(), "READ");
        assertThat(instance.status.of(pets).problem()).isNull();
        clock.add(Duration.ofSeconds(5));
        instance.step();
        assertThat(instance.status.of(people).problem())
                .as("it may not be read yet")
                .isNotNull();
        clock.add(Duration.ofSeconds(5));
        instance.step();
        assertThat(instance.status.of(people).problem()).isNull();
        person(2, 2, "b");
        instance.step();
        assertThat(rows("people")).containsExactly("1|a", "2|b");
    }

    @Test
    void noticesThatKafkaHasLostEvents() {
        person(1, 1, "a");
        destination.execute(
                "INSERT INTO cdc.applied_offset (topic, partition, topic_id, next_offset) VALUES ('x.public.people', 0, 'x.public.people-id', 9)");
        Instance instance = new Instance(people).step();
        assertThat(instance.status.partitions().get(people).problem().message()).contains("Kafka has lost events");
        assertThat(rows("people")).isEmpty();
    }

    @Test
    void beginsAgainWithATopicThatWasMadeAnew() {
        person(500, 1, "a");
        person(501, 2, "b");
        new Instance(people).step();
        broker.recreate(people);
        person(3, 3, "c");
        new Instance(people).step();
        assertThat(rows("people")).hasSize(3);
        assertThat(stored(people)).isEqualTo("1|3");
    }

    @Test
    void missesNothingOfATopicThatWasMadeAnewBehindItsBack() {
        person(500, 1, "a");
        Instance instance = new Instance(people).step();
        broker.recreate(people);
        person(3, 2, "b");
        person(4, 3, "c");
        instance.step();
        clock.add(Duration.ofSeconds(10));
        instance.step().step();
        assertThat(rows("people")).containsExactly("1|a", "2|b", "3|c");
        assertThat(stored(people)).isEqualTo("2|4");
    }

    @Test
    void keepsAChunkTogetherOverARestart() {
        destination.execute("INSERT INTO people VALUES (77, 'old')", "TRUNCATE writes");
        person(1, 1, "a");
        chunk(2, 1, 2, 3);
        new Instance(people).step(3);
        assertThat(rows("people")).containsExactly("1|a", "77|old");
        assertThat(stored(people)).isEqualTo("1|1");
        Instance next = new Instance(people).step(2);
        assertThat(rows("people")).containsExactly("1|a", "77|old");
        next.step(2).step(2);
        assertThat(rows("people")).containsExactly("1|c", "2|c", "3|c");
        assertThat(stored(people)).isEqualTo("6|6");
    }

    @Test
    void makesATableThatIsDescribedOnlyAfterItsFirstChanges() {
        destination.execute("DROP TABLE people");
        person(1, 1, "a");
        person(2, 9, "gone");
        Instance instance = new Instance(true, people).step();
        assertThat(instance.status.partitions().get(people).problem().message()).contains("does not exist");
        chunk(3, 1, 2);
        person(10, 3, "d");
        clock.add(Duration.ofSeconds(1));
        instance.step(1).step(1).step(1).step();
        instance.step();
        assertThat(rows("people")).containsExactly("1|c", "2|c", "3|d");
        assertThat(instance.status.partitions().get(people).flows()).isTrue();
        assertThat(counts.applied).isEqualTo(5);
    }

    @Test
    void goesOnWhenSomebodyMakesTheTableThatItLooksFor() {
        destination.execute("DROP TABLE people");
        person(1, 1, "a");
        Instance instance = new Instance(true, people).step();
        clock.add(Duration.ofSeconds(1));
        instance.step();
        destination.execute("CREATE TABLE people (id int PRIMARY KEY, name text)");
        clock.add(Duration.ofSeconds(5));
        instance.step();
        instance.step();
        assertThat(rows("people")).containsExactly("1|a");
    }

    @Test
    void dropsWhatItHoldsOfAPartitionThatIsTakenAway() {
        chunk(2, 1, 2, 3);
        Instance instance = new Instance(people).step(2);
        instance.ingestion.revoked(List.of(people));
        assertThat(instance.status.partitions()).isEmpty();
        instance.assign(people);
        instance.step();
        assertThat(rows("people")).hasSize(3);
    }

    @Test
    void tellsKafkaWhereItStands() {
        person(1, 1, "a");
        Instance instance = new Instance(people).step();
        GroupOffsets groupOffsets = new GroupOffsets(clock);
        groupOffsets.tell(instance.ingestion.committed(), instance.consumer);
        assertThat(instance.consumer.committed(Set.of(people)).get(people).offset())
                .isEqualTo(1);
    }

    @Test
    void appliesNothingWhileTheGroupIsPaused() throws SQLException {
        person(1, 1, "a");
        Instance instance = new Instance(people, pets).listen().step();
        Control paused = controls.write(true, "ann");
        assertThat(controls.write(true, "bob")).isEqualTo(paused);
        instance.listen();
        person(2, 2, "b");
        instance.step().step();
        assertThat(rows("people")).containsExactly("1|a");
        assertThat(instance.consumer.paused()).containsExactlyInAnyOrder(people, pets);
        assertThat(instance.status.partitions()).containsOnlyKeys(people, pets);
        assertThat(instance.status.control().words()).startsWith("paused by ann since ");

        Instance restarted = new Instance(people).listen().step();
        assertThat(rows("people")).containsExactly("1|a");
        assertThat(controls.write(false, "bob").by()).isEqualTo("bob");
        restarted.listen().step();
        assertThat(rows("people")).containsExactly("1|a", "2|b");
        assertThat(destination.rows("SELECT id FROM writes ORDER BY id")).containsExactly("1", "2");
    }

    @Test
    void dropsWhatWasPolledWhenThePauseCame() throws SQLException {
        chunk(2, 1, 2, 3);
        Instance instance = new Instance(people).listen().step(2);
        controls.write(true, "ann");
        instance.listen().ingestion.tick(instance.consumer);
        instance.ingestion.take(
                new ConsumerRecords<>(
                        Map.of(
                                people,
                                List.of(peopleEvents.record(
                                        people, 2, Operation.READ, 4, "{'id':2}", "{'id':2,'name':'c'}"))),
                        Map.of()),
                instance.consumer);
        assertThat(rows("people")).isEmpty();
        controls.write(false, "ann");
        instance.listen().step();
        assertThat(rows("people")).hasSize(3);
    }

    @Test
    void anotherGroupGoesOn() throws SQLException {
        new ControlStore(destination.dataSource(), "others").write(true, "ann");
        person(1, 1, "a");
        new Instance(people).listen().step();
        assertThat(rows("people")).containsExactly("1|a");
    }

    /** A destination that can be away. */
    private static final class Gate extends DelegatingDataSource {
        boolean closed;
        boolean loseNextCommit;

        Gate() {
            super(destination.dataSource());
        }

        @Override
        public Connection getConnection() throws SQLException {
            if (closed) {
                throw new SQLException("Connection refused", "08001");
            }
            Connection connection = super.getConnection();
            return loseNextCommit ? losingCommit(connection) : connection;
        }

        /** The commit is done, but nobody hears of it. */
        private Connection losingCommit(Connection connection) {
            return (Connection) java.lang.reflect.Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                        Object result = method.invoke(connection, arguments);
                        if (method.getName().equals("commit")) {
                            loseNextCommit = false;
                            throw new SQLException("Connection reset", "08006");
                        }
                        return result;
                    });
        }
    }

    private static final class Counts implements IngestListener {
        int applied;
        int skipped;
        int refused;

        @Override
        public void applied(List<ChangeEvent> events, Instant committedAt) {
            applied += events.size();
        }

        @Override
        public void refused(Collection<RefusedEvent> events) {
            refused += events.size();
        }

        @Override
        public void skipped(int events) {
            skipped += events;
        }

        @Override
        public void batch(int events, Duration took) {}
    }
}
