package dev.tidemark.producer.capture;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tidemark.model.ChangeEvent;
import dev.tidemark.model.EventReader;
import dev.tidemark.model.Marker;
import dev.tidemark.model.MarkerCodec;
import dev.tidemark.model.Operation;
import dev.tidemark.model.Sequence;
import dev.tidemark.model.TableId;
import dev.tidemark.producer.publish.DeliveryFailedException;
import dev.tidemark.producer.publish.Intent;
import dev.tidemark.producer.publish.StoredState;
import dev.tidemark.producer.source.UnusableSourceException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.threeten.extra.MutableClock;

class CaptureIT {

    private static final String ITEMS = "CREATE TABLE items(id int PRIMARY KEY, v text)";

    private final Workbench bench = new Workbench();
    private final EventReader reader = new EventReader();

    @BeforeEach
    void createTable() {
        bench.execute(ITEMS);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void sendsTheContentThenTheChanges() throws SQLException {
        bench.execute("INSERT INTO items SELECT g, 'old' FROM generate_series(1, 2500) g");
        try (Capture capture = bench.start("items")) {
            Workbench.drain(capture);
            bench.execute(
                    "UPDATE items SET v = 'new' WHERE id = 7; DELETE FROM items WHERE id = 8; INSERT INTO items VALUES (0, null)");
            Workbench.drain(capture);
        }

        List<ChangeEvent> events = events("items");
        assertThat(events)
                .filteredOn(event -> event.operation() == Operation.READ)
                .hasSize(2500);
        assertThat(events)
                .extracting(ChangeEvent::operation)
                .endsWith(Operation.READ, Operation.UPDATE, Operation.DELETE, Operation.CREATE);
        assertThat(fold(events)).isEqualTo(table("items"));
        assertThat(sequences(events)).isSorted().doesNotHaveDuplicates();
        assertThat(markers("items"))
                .filteredOn(Marker.ChunkStart.class::isInstance)
                .hasSize(3);
    }

    @Test
    void aDeleteIsFollowedByATombstoneIfThatIsAskedFor() throws SQLException {
        bench.tombstones = true;
        try (Capture capture = bench.start("items")) {
            bench.execute("INSERT INTO items VALUES (1, 'a'), (2, 'b')");
            Workbench.drain(capture);
            bench.execute("DELETE FROM items WHERE id = 1; UPDATE items SET id = 3 WHERE id = 2; TRUNCATE items");
            Workbench.drain(capture);
        }
        List<ConsumerRecord<byte[], byte[]>> records = bench.records("items");
        List<String> forgotten = new ArrayList<>();
        for (int i = 1; i < records.size(); i++) {
            ConsumerRecord<byte[], byte[]> record = records.get(i);
            if (record.value() == null && record.headers().lastHeader(Marker.HEADER) == null) {
                forgotten.add(new String(record.key(), UTF_8));
                assertThat(record.key()).isEqualTo(records.get(i - 1).key());
            }
        }
        assertThat(forgotten).containsExactly("{\"id\" : 1}", "{\"id\" : 2}");
    }

    @Test
    void leavesOutTheRowsOfATableThatInherits() throws SQLException {
        bench.execute("INSERT INTO items VALUES (1, 'x')");
        try (Capture capture = bench.start("items")) {
            bench.execute("CREATE TABLE heirs() INHERITS (items); INSERT INTO heirs VALUES (2, 'of an heir')");
            Workbench.drain(capture);
        }
        assertThat(bench.replica("items")).containsOnlyKeys(1L);
    }

    @Test
    void sendsChangesMadeWhileTheContentIsRead() throws SQLException {
        bench.execute("INSERT INTO items SELECT g, 'old' FROM generate_series(1, 5000) g");
        try (Capture capture = bench.start("items")) {
            for (int i = 0; i < 4; i++) {
                capture.step();
                bench.execute("UPDATE items SET v = 'new" + i
                        + "' WHERE id % 10 = 3; DELETE FROM items WHERE id % 1000 = " + (500 + i));
            }
            Workbench.drain(capture);
        }
        assertThat(bench.replica("items")).isEqualTo(bench.rows("items"));
    }

    @Test
    void takesALargeTransactionApartIntoPages() throws SQLException {
        bench.pageRows = 300;
        try (Capture capture = bench.start("items")) {
            Workbench.drain(capture);
            bench.execute("INSERT INTO items SELECT g, repeat('x', 100) FROM generate_series(1, 5000) g");
            int steps = 1;
            while (capture.step() == PollOutcome.MORE) {
                steps++;
            }
            assertThat(steps).isGreaterThanOrEqualTo(5000 / 300);
            Workbench.drain(capture);
        }
        assertThat(fold(events("items"))).isEqualTo(table("items"));
        assertThat(sequences(events("items"))).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void sendsLargeRowsAndSaysWhereOneIsTooLarge() throws SQLException {
        bench.execute("INSERT INTO items VALUES (1, repeat('a', 300000)), (2, repeat('b', 2000000)), (3, 'small')");
        try (Capture capture = bench.start("items")) {
            Workbench.drain(capture);
            bench.execute("UPDATE items SET v = v || '!'");
            Workbench.drain(capture);
        }
        List<ChangeEvent> events = events("items");
        assertThat(events).hasSize(6);
        for (ChangeEvent event : events) {
            boolean tooLarge = Objects.requireNonNull(event.key()).json().contains("2");
            assertThat(event.omittedBytes() > 2_000_000).isEqualTo(tooLarge);
            assertThat(event.row() == null).isEqualTo(tooLarge);
        }
    }

    @Test
    @Timeout(60)
    void looksAtEachLargeRowOfATransactionOnce() throws SQLException {
        int rows = 200;
        try (Capture capture = bench.start("items")) {
            Workbench.drain(capture);
            bench.execute("INSERT INTO items SELECT g, repeat('x', 70000) FROM generate_series(1, " + rows + ") g");
            Workbench.drain(capture);
        }
        assertThat(events("items")).hasSize(rows);
        Callable<Long> looks = () -> bench.sql
                .sql(
                        "SELECT sum(pg_stat_get_tuples_fetched(inhrelid)) FROM pg_inherits WHERE inhparent = 'cdc.change_log'::regclass")
                .query(Long.class)
                .single();
        // A session tells of them when it has ended.
        assertThat(await().atMost(Duration.ofSeconds(30)).until(looks, all -> all >= rows))
                .isLessThan(10L * rows);
    }

    @Test
    void goesOnWithoutATableWithARowThatIsTooLargeToBeRead() throws SQLException {
        assumeTrue(bench.sql
                        .sql("SELECT current_setting('server_version_num')::int")
                        .query(Integer.class)
                        .single()
                >= 180000);
        bench.execute(
                "CREATE TABLE huge(id int PRIMARY KEY, n int, v text GENERATED ALWAYS AS (repeat('x', n)) VIRTUAL);"
                        + "INSERT INTO huge (id, n) VALUES (1, 2000000000); INSERT INTO items VALUES (1, 'x')");
        try (Capture capture = bench.start("items, huge")) {
            Workbench.drain(capture);
            assertThat(bench.problems.get("public.huge")).contains("length too large");
            bench.execute("INSERT INTO items VALUES (2, 'y')");
            Workbench.drain(capture);
        }
        assertThat(fold(events("items"))).isEqualTo(table("items"));
    }

    @Test
    void keepsTheOrderOfCommitsNotOfTransactions() throws SQLException {
        try (Capture capture = bench.start("items");
                Connection early = bench.source.getConnection();
                Statement slow = early.createStatement()) {
            Workbench.drain(capture);
            early.setAutoCommit(false);
            slow.execute("INSERT INTO items VALUES (1, 'early')");
            bench.execute("INSERT INTO items VALUES (2, 'late')");
            Workbench.drain(capture);
            assertThat(fold(events("items"))).containsOnlyKeys("2");
            early.commit();
            Workbench.drain(capture);
        }
        assertThat(fold(events("items"))).isEqualTo(table("items"));
    }

    @Test
    void sendsAnAnnouncedPageAgainWithTheSameNumbers() throws SQLException {
        bench.pageRows = 100;
        bench.execute("INSERT INTO items VALUES (0, 'before')");
        try (Capture capture = bench.start("items")) {
            Workbench.drain(capture);
            bench.execute("INSERT INTO items SELECT g, 'x' FROM generate_series(1, 250) g");
            capture.step();
            capture.settle();
        }
        List<Long> firstPage = sequences(changes("items"));
        assertThat(firstPage).hasSize(100);

        try (Capture successor = bench.start("items")) {
            Workbench.drain(successor);
            assertThat(successor.epoch()).isEqualTo(2);
        }

        List<Long> all = sequences(changes("items"));
        assertThat(all).hasSize(350);
        assertThat(all.subList(100, 200)).isEqualTo(firstPage);
        assertThat(all.subList(200, 350)).allMatch(sequence -> Sequence.epochOf(sequence) == 2);
        assertThat(fold(events("items"))).isEqualTo(table("items"));
        assertThat(markers("items"))
                .as("the snapshot is not taken again")
                .filteredOn(Marker.ChunkStart.class::isInstance)
                .hasSize(1);
    }

    @Test
    void sendsAPageUnderNewNumbersWhenKafkaMayMissAPartOfIt() throws SQLException {
        try (Capture capture = bench.start("items")) {
            Workbench.drain(capture);
            bench.execute("INSERT INTO items SELECT g, 'x' FROM generate_series(1, 10) g");
            Workbench.drain(capture);
        }
        try (Capture successor = Objects.requireNonNull(bench.tryStart(true, "items"))) {
            Workbench.drain(successor);
        }
        assertThat(sequences(changes("items"))).hasSize(20).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void sendsARefusedPageUnderNewNumbersEvenIfTheProcessIsKilledRightThen() throws SQLException {
        try (Capture capture = bench.start("items")) {
            Workbench.drain(capture);
            bench.setTopic(bench.topic("items"), "max.message.bytes", "10000");
            bench.execute("INSERT INTO items VALUES (1, 'x'), (2, 'z'), (3, 'y')");
            bench.execute(
                    "UPDATE items SET v = (SELECT string_agg(md5(g::text), '') FROM generate_series(1, 1000) g) WHERE id = 2");
            bench.execute("INSERT INTO items VALUES (4, 'behind it')");
            capture.step();
            assertThatThrownBy(capture::settle)
                    .isInstanceOf(DeliveryFailedException.class)
                    .isNotInstanceOf(TornPageException.class);
        }
        bench.setTopic(bench.topic("items"), "max.message.bytes", "1000000");
        long lastOfThePage = sequences(changes("items")).get(0) + 4;
        try (Capture successor = bench.start("items")) {
            Workbench.drain(successor);
        }
        List<Long> all = sequences(changes("items"));
        assertThat(all.subList(all.size() - 5, all.size()))
                .isSorted()
                .doesNotHaveDuplicates()
                .allMatch(sequence -> sequence > lastOfThePage);
        assertThat(fold(events("items"))).isEqualTo(table("items"));
    }

    @Test
    void goesOnWithASnapshotAfterACrash() throws SQLException {
        bench.execute("INSERT INTO items SELECT g, 'old' FROM generate_series(1, 5000) g");
        try (Capture capture = bench.start("items")) {
            capture.step();
            capture.step();
            capture.settle();
        }
        try (Capture successor = bench.start("items")) {
            Workbench.drain(successor);
        }
        assertThat(chunkStarts())
                .filteredOn("null"::equals)
                .as("chunks that begin with the table")
                .hasSize(1);
        assertThat(bench.replica("items")).isEqualTo(bench.rows("items"));
    }

    @Test
    void leavesTheWorkToTheActiveProducer() throws SQLException {
        try (Capture active = bench.start("items")) {
            assertThat(bench.tryStart(false, "items")).isNull();
            Workbench.drain(active);
        }
        try (Capture next = bench.start("items")) {
            assertThat(next.epoch()).isEqualTo(2);
        }
    }

    @Test
    void sendsNothingAgainAfterARest() throws SQLException {
        try (Capture capture = bench.start("items")) {
            Workbench.drain(capture);
            bench.execute("INSERT INTO items VALUES (1, 'x'), (2, 'y')");
            Workbench.drain(capture);
            capture.rest();
        }
        int sent = bench.records("items").size();
        try (Capture successor = bench.start("items")) {
            Workbench.drain(successor);
        }
        assertThat(bench.records("items")).hasSize(sent);
    }

    @Test
    void saysThatItWaitsForKafkaAlsoWhenThePageIsOnlyAnnounced() throws Exception {
        try (Capture capture = bench.start("items")) {
            Workbench.drain(capture);
            bench.execute("INSERT INTO items VALUES (1, 'x')");
            Workbench.STACK.broker().suspend();
            try {
                CompletableFuture<PollOutcome> step = stepAside(capture);
                assertThat(bench.waitingForKafka.await(30, TimeUnit.SECONDS)).isTrue();
                Workbench.STACK.broker().resume();
                assertThat(step.get(60, TimeUnit.SECONDS)).isEqualTo(PollOutcome.BUSY);
            } finally {
                Workbench.STACK.broker().resume();
            }
        }
    }

    @Test
    void saysThatItWaitsForKafkaAlsoWithoutAnyTable() throws Exception {
        try (Capture capture = bench.start("")) {
            Workbench.STACK.broker().suspend();
            try {
                capture.step();
                assertThat(bench.waitingForKafka.getCount()).isZero();
            } finally {
                Workbench.STACK.broker().resume();
            }
        }
    }

    @Test
    void ignoresWhatAFormerIncarnationWritesLate() throws SQLException {
        try (Capture capture = bench.start("items")) {
            Workbench.drain(capture);
        }
        Intent left = Objects.requireNonNull(bench.read().intent());
        try (Capture successor = bench.start("items")) {
            bench.execute("INSERT INTO items VALUES (1, 'x')");
            Workbench.drain(successor);
        }
        StoredState before = bench.read();
        bench.publisher.announce(left).await(Workbench.soon());
        assertThat(bench.read()).isEqualTo(before);
    }

    @Test
    void ignoresAnIncarnationThatEndedBeforeItHadTakenOver() throws SQLException {
        try (Capture capture = bench.start("items")) {
            Workbench.drain(capture);
        }
        StoredState left = bench.read();
        bench.publisher
                .store(left.epoch() + 1, left.tables().values().iterator().next())
                .await(Workbench.soon());
        bench.execute("INSERT INTO items VALUES (1, 'meanwhile')");

        try (Capture successor = bench.start("items")) {
            assertThat(successor.epoch()).isEqualTo(left.epoch() + 2);
            Workbench.drain(successor);
        }
        assertThat(fold(events("items"))).isEqualTo(table("items"));
    }

    @Test
    void takesANewSnapshotOfATableWhoseTopicWasDeleted() throws SQLException {
        bench.execute("INSERT INTO items VALUES (1, 'x')");
        try (Capture capture = bench.start("items")) {
            Workbench.drain(capture);
            bench.deleteTopic(bench.topic("items"));
            Workbench.drain(capture);
            Workbench.drain(capture);
        }
        assertThat(fold(events("items"))).isEqualTo(table("items"));
    }

    @Test
    void makesATopicForTheDeadLettersOfEachTable() throws SQLException {
        bench.start("items").close();
        assertThat(bench.topicSettings(bench.topic("items") + "-dlt"))
                .containsEntry("cleanup.policy", "delete")
                .containsEntry("retention.ms", "1209600000");
    }

    @Test
    void refusesAnotherHistoryOfTheSource() throws SQLException {
        try (Capture capture = bench.start("items")) {
            Workbench.drain(capture);
        }
        bench.forgeHistory();
        assertThatThrownBy(() -> bench.start("items"))
                .isInstanceOf(UnusableSourceException.class)
                .hasMessageContaining("not the server that was published from");
    }

    @Test
    void refusesASourceWhoseTransactionNumbersWentBack() throws SQLException {
        try (Capture capture = bench.start("items")) {
            Workbench.drain(capture);
        }
        Intent left = Objects.requireNonNull(bench.read().intent());
        bench.publisher
                .announce(new Intent(
                        left.epoch(),
                        left.source(),
                        "900000:900000:",
                        "900000:900000:",
                        0,
                        0,
                        0,
                        left.firstSequence(),
                        left.published()))
                .await(Workbench.soon());

        try (Capture capture = bench.start("items")) {
            assertThatThrownBy(capture::step)
                    .isInstanceOf(UnusableSourceException.class)
                    .hasMessageContaining("went back");
        }
    }

    @Test
    void noticesThatRowsWereTakenOutOfTheLog() throws SQLException {
        try (Capture capture = bench.start("items")) {
            Workbench.drain(capture);
            bench.execute("INSERT INTO items SELECT g, 'x' FROM generate_series(1, 10) g");
            Workbench.drain(capture);
        }
        bench.execute("DELETE FROM cdc.change_log WHERE id = (SELECT min(id) FROM cdc.change_log)");
        assertThatThrownBy(() -> bench.start("items"))
                .isInstanceOf(UnusableSourceException.class)
                .hasMessageContaining("no longer holds the page");
    }

    @Test
    void refusesTheLogOfAnotherPipeline() throws SQLException {
        bench.start("items").close();
        bench.execute("UPDATE cdc.producer SET pipeline = 'other'");
        assertThatThrownBy(() -> bench.start("items"))
                .isInstanceOf(UnusableSourceException.class)
                .hasMessageContaining("belongs to the pipeline 'other'");
    }

    @Test
    void namesTablesThatCannotBeTrackedAndGoesOnWithTheOthers() throws SQLException {
        bench.execute("CREATE TABLE keyless(a int); INSERT INTO items VALUES (1, 'x')");
        try (Capture capture = bench.start("items, missing, keyless")) {
            Workbench.drain(capture);
            assertThat(bench.problems).containsOnlyKeys("public.missing", "public.keyless");
            assertThat(bench.problems.get("public.missing"))
                    .contains("does not exist")
                    .contains("cdc.tables");
            assertThat(bench.problems.get("public.keyless")).contains("primary key");
            assertThat(fold(events("items"))).isEqualTo(table("items"));

            bench.execute("ALTER TABLE keyless ADD PRIMARY KEY (a); INSERT INTO keyless VALUES (5)");
            Workbench.drain(capture);
            Workbench.drain(capture);
            assertThat(bench.problems).containsOnlyKeys("public.missing");
            assertThat(events("keyless")).hasSize(1);
        }
    }

    @Test
    void holdsBackATableWhoseTopicIsTakenAndGoesOnWithTheOthers() throws SQLException {
        try (Capture capture = bench.start("items")) {
            Workbench.drain(capture);
            bench.execute(
                    "CREATE TABLE \"it.ems\"(id int PRIMARY KEY, v text); CREATE TABLE it_ems(id int PRIMARY KEY, v text)");
            bench.track("it_ems");
            bench.execute("INSERT INTO it_ems VALUES (1, 'owner')");
            Workbench.drain(capture);
            bench.track("\"it.ems\"");
            bench.execute("INSERT INTO \"it.ems\" VALUES (2, 'held back'); INSERT INTO items VALUES (3, 'x')");
            Workbench.drain(capture);
            assertThat(bench.problems).containsOnlyKeys("public.\"it.ems\"");
            assertThat(fold(events("items"))).isEqualTo(table("items"));
        }
        try (Capture successor = bench.start("items")) {
            bench.execute("INSERT INTO \"it.ems\" VALUES (3, 'still held back'); INSERT INTO it_ems VALUES (4, 'x')");
            Workbench.drain(successor);
            Workbench.drain(successor);
            assertThat(fold(events("it_ems"))).isEqualTo(table("it_ems"));

            bench.execute("ALTER TABLE \"it.ems\" RENAME TO other");
            bench.track("other");
            Workbench.drain(successor);
            Workbench.drain(successor);
        }
        assertThat(bench.problems).isEmpty();
        assertThat(fold(events("other"))).isEqualTo(table("other"));
        assertThat(markers("it_ems"))
                .filteredOn(Marker.ChunkStart.class::isInstance)
                .hasSize(1);
    }

    @Test
    void leavesTheTopicToTheTableThatHasItWhenAnotherIsRenamed() throws SQLException {
        bench.execute(
                "CREATE TABLE early(id int PRIMARY KEY, v text); CREATE TABLE it_ems(id int PRIMARY KEY, v text)");
        try (Capture capture = bench.start("early, it_ems")) {
            Workbench.drain(capture);
            bench.execute("ALTER TABLE early RENAME TO \"it.ems\"; INSERT INTO \"it.ems\" VALUES (1, 'not here')");
            bench.track("\"it.ems\"");
            bench.execute("INSERT INTO it_ems VALUES (2, 'here')");
            Workbench.drain(capture);
            Workbench.drain(capture);
            bench.execute("INSERT INTO \"it.ems\" VALUES (3, 'not here'); INSERT INTO it_ems VALUES (4, 'here')");
            Workbench.drain(capture);
            assertThat(bench.problems).containsKey("public.\"it.ems\"");
            assertThat(fold(events("it_ems"))).isEqualTo(table("it_ems"));

            bench.execute("ALTER TABLE \"it.ems\" RENAME TO early");
            bench.track("early");
            Workbench.drain(capture);
            Workbench.drain(capture);
        }
        assertThat(bench.problems).isEmpty();
        assertThat(fold(events("early"))).isEqualTo(table("early"));
    }

    @Test
    void holdsBackATableWhoseTopicCannotBeMadeAndGoesOnWithTheOthers() throws SQLException {
        bench.execute("CREATE TABLE denied(id int PRIMARY KEY, v text); INSERT INTO denied VALUES (1, 'before')");
        String colliding = bench.topic("denied").replaceFirst("\\.", "_");
        bench.createTopic(colliding, 1);
        try (Capture capture = bench.start("denied, items")) {
            Workbench.drain(capture);
            bench.execute("INSERT INTO denied VALUES (2, 'meanwhile'); INSERT INTO items VALUES (1, 'x')");
            Workbench.drain(capture);
            assertThat(bench.problems).containsOnlyKeys("public.denied");
            assertThat(bench.problems.get("public.denied")).contains("cannot be made");
            assertThat(fold(events("items"))).isEqualTo(table("items"));

            bench.deleteTopic(colliding);
            Workbench.drain(capture);
            assertThat(bench.problems).isEmpty();
        }
        assertThat(fold(events("denied"))).isEqualTo(table("denied"));
    }

    @Test
    void holdsBackATableWhoseTopicMayNotBeWrittenAndGoesOnWithTheOthers() throws SQLException {
        bench.execute("CREATE TABLE denied(id int PRIMARY KEY, v text); INSERT INTO denied VALUES (1, 'before')");
        bench.denyWriting(bench.topic("denied"));
        try (Capture capture = bench.start("denied, items")) {
            Workbench.drain(capture);
            bench.execute("INSERT INTO denied VALUES (2, 'meanwhile'); INSERT INTO items VALUES (1, 'x')");
            Workbench.drain(capture);
            assertThat(bench.problems).containsOnlyKeys("public.denied");
            assertThat(bench.problems.get("public.denied")).contains("lacks the right WRITE");
            assertThat(fold(events("items"))).isEqualTo(table("items"));

            bench.allowWriting(bench.topic("denied"));
            Workbench.drain(capture);
            assertThat(bench.problems).isEmpty();
        }
        assertThat(fold(events("denied"))).isEqualTo(table("denied"));
    }

    @Test
    void findsTablesThatSomebodyTracksByHand() throws SQLException {
        try (Capture capture = bench.start("")) {
            Workbench.drain(capture);
            bench.execute("INSERT INTO items VALUES (1, 'x')");
            bench.track("items");
            Workbench.drain(capture);
            Workbench.drain(capture);
            assertThat(fold(events("items"))).isEqualTo(table("items"));
        }
    }

    @Test
    @Timeout(60)
    void goesOnWhileATableIsLocked() throws SQLException {
        bench.execute("CREATE TABLE locked(id int PRIMARY KEY, v text)");
        try (Capture capture = bench.start("items, locked");
                Connection alteration = bench.source.getConnection();
                Statement alter = alteration.createStatement()) {
            Workbench.drain(capture);
            alteration.setAutoCommit(false);
            alter.execute("LOCK TABLE locked IN ACCESS EXCLUSIVE MODE");
            bench.execute("INSERT INTO items VALUES (1, 'x')");
            Workbench.drain(capture);
            assertThat(fold(events("items"))).isEqualTo(table("items"));

            bench.execute("ALTER TABLE items ADD COLUMN w int DEFAULT 5");
            Workbench.drain(capture);
            assertThat(fold(events("items"))).as("copied anew meanwhile").isEqualTo(table("items"));

            alter.execute("ALTER TABLE locked ADD COLUMN w int");
            alteration.commit();
            Workbench.drain(capture);
        }
        assertThat(bench.sql
                        .sql("SELECT count(*) FROM cdc.outdated()")
                        .query(Long.class)
                        .single())
                .isZero();
    }

    @Test
    void triesALockedTableEverMoreSeldomSinceItsWritersWaitMeanwhile() throws SQLException {
        MutableClock clock = MutableClock.epochUTC();
        bench.clock = clock;
        bench.refreshInterval = Duration.ofSeconds(5);
        try (Connection writer = bench.source.getConnection();
                Statement write = writer.createStatement()) {
            writer.setAutoCommit(false);
            write.execute("INSERT INTO items VALUES (1, 'x')");
            Capture capture = bench.start("items");
            assertThat(bench.problems.get("public.items"))
                    .contains("is locked", "before these end")
                    .endsWith("It is tried again at 1970-01-01T00:00:05Z");
            for (String next : List.of("00:00:15Z", "00:00:15Z", "00:00:35Z")) {
                clock.add(bench.refreshInterval);
                Workbench.drain(capture);
                assertThat(bench.problems.get("public.items")).endsWith(next);
            }
            capture.refreshSoon();
            Workbench.drain(capture);
            assertThat(bench.problems.get("public.items")).as("asked for").endsWith("T00:00:20Z");

            writer.commit();
            clock.add(bench.refreshInterval);
            Workbench.drain(capture);
            assertThat(bench.problems).isEmpty();
            assertThat(fold(events("items"))).isEqualTo(table("items"));
            capture.close();
        }
    }

    @Test
    void takesANewSnapshotAfterAGapInTheCapture() throws SQLException {
        try (Capture capture = bench.start("items")) {
            Workbench.drain(capture);
        }
        bench.sql.sql("SELECT cdc.untrack('items')").query().listOfRows();
        bench.execute("INSERT INTO items VALUES (1, 'while nobody looked')");
        try (Capture capture = bench.start("items")) {
            Workbench.drain(capture);
        }
        assertThat(fold(events("items"))).isEqualTo(table("items"));
        assertThat(markers("items"))
                .filteredOn(Marker.ChunkStart.class::isInstance)
                .hasSize(2);
    }

    @Test
    void takesANewSnapshotOfATableThatHadAnotherNameForAWhile() throws SQLException {
        try (Capture capture = bench.start("items")) {
            Workbench.drain(capture);
            bench.execute("ALTER TABLE items RENAME TO others");
            bench.track("others");
            bench.execute("INSERT INTO others VALUES (1, 'for another topic')");
            Workbench.drain(capture);
            assertThat(fold(events("others"))).isEqualTo(table("others"));
            capture.rest(); // or the page would be sent again, to the topic of the old name
        }
        bench.execute("ALTER TABLE others RENAME TO items");
        bench.track("items");
        try (Capture capture = bench.start("items")) {
            Workbench.drain(capture);
            Workbench.drain(capture);
        }
        assertThat(fold(events("items"))).isEqualTo(table("items"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void keepsToItsPartitionsWhenATableIsTakenAwayAndAddedAgain(boolean restarted) throws SQLException {
        TableId items = TableId.parse("items");
        Capture capture = bench.start("items");
        Workbench.drain(capture);
        bench.addPartitions(bench.topic("items"), 3);
        bench.sql.sql("SELECT cdc.untrack('items')").query().listOfRows();
        Workbench.drain(capture);
        if (restarted) {
            capture.close();
            capture = bench.start("");
            Workbench.drain(capture);
        }
        bench.track("items");
        Workbench.drain(capture);
        capture.close();
        assertThat(Objects.requireNonNull(bench.read().tables().get(items)).complete())
                .isTrue();
        assertThat(Objects.requireNonNull(bench.read().tables().get(items)).partitions())
                .isEqualTo(1);
    }

    @Test
    void takesANewSnapshotOfATableWhoseChangesCouldNotBeCaptured() throws SQLException {
        try (Capture capture = bench.start("items")) {
            Workbench.drain(capture);
            bench.execute("ALTER TABLE items DROP CONSTRAINT items_pkey; INSERT INTO items VALUES (1, 'uncaptured')");
            Workbench.drain(capture);
            assertThat(bench.problems.get("public.items")).isNotNull();
            bench.execute("ALTER TABLE items ADD PRIMARY KEY (id)");
            Workbench.drain(capture);
            Workbench.drain(capture);
            assertThat(bench.problems).isEmpty();
        }
        assertThat(fold(events("items"))).isEqualTo(table("items"));
    }

    @Test
    void beginsASnapshotAnewWhenChangesBeforeTheNextChunkCouldNotBeCaptured() throws SQLException {
        bench.execute("INSERT INTO items SELECT g, 'old' FROM generate_series(1, 2500) g");
        try (Capture capture = bench.start("items")) {
            capture.step();
            bench.execute("ALTER TABLE items DROP CONSTRAINT items_pkey");
            bench.execute("UPDATE items SET v = 'uncaptured' WHERE id = 5");
            bench.execute("ALTER TABLE items ADD PRIMARY KEY (id)");
            Workbench.drain(capture);
            Workbench.drain(capture);
        }
        assertThat(chunkStarts()).containsExactly("null", "null", "{\"id\" : 1000}", "{\"id\" : 2000}");
        assertThat(bench.replica("items")).isEqualTo(bench.rows("items"));
    }

    @Test
    void readsAChunkThatHadToWaitForATableToBeRewritten() throws Exception {
        bench.execute("INSERT INTO items SELECT g, 'old' FROM generate_series(1, 500) g");
        try (Capture capture = bench.start("items");
                Connection alteration = bench.source.getConnection();
                Statement alter = alteration.createStatement()) {
            alteration.setAutoCommit(false);
            alter.execute("ALTER TABLE items ALTER v TYPE varchar(40) USING v || '!'");
            CompletableFuture<PollOutcome> step = stepAside(capture);
            while (!step.isDone() && !isAChunkWaiting()) {
                // until the chunk waits
            }
            alteration.commit();
            step.get(60, TimeUnit.SECONDS);
            Workbench.drain(capture);
        }
        assertThat(events("items"))
                .filteredOn(event -> event.operation() == Operation.READ)
                .hasSize(500);
        assertThat(bench.replica("items")).isEqualTo(bench.rows("items"));
    }

    private boolean isAChunkWaiting() {
        return bench.sql
                .sql(
                        "SELECT count(*) > 0 FROM pg_stat_activity"
                                + " WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'LOCK TABLE%'")
                .query(Boolean.class)
                .single();
    }

    private static CompletableFuture<PollOutcome> stepAside(Capture capture) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return capture.step();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    void announcesNothingThatACrashOfTheSourceCouldUndo() throws SQLException {
        bench.execute("ALTER SYSTEM SET wal_writer_delay = '10s'");
        bench.sql.sql("SELECT pg_reload_conf()").query().listOfRows();
        try (Capture capture = bench.start("items");
                Connection writer = bench.source.getConnection();
                Statement write = writer.createStatement()) {
            Workbench.drain(capture);
            write.execute("SET synchronous_commit = off");
            for (int i = 0; i < 20; i++) {
                write.execute("INSERT INTO items VALUES (" + i + ", 'x')");
                String committed = bench.sql
                        .sql("SELECT pg_current_wal_insert_lsn()::text")
                        .query(String.class)
                        .single();
                bench.onSent = () -> assertThat(isFlushed(committed)).isTrue();
                capture.step();
                capture.settle();
            }
        } finally {
            bench.execute("ALTER SYSTEM RESET wal_writer_delay");
            bench.sql.sql("SELECT pg_reload_conf()").query().listOfRows();
        }
        assertThat(changes("items")).hasSize(20);
    }

    private boolean isFlushed(String lsn) {
        return bench.sql
                .sql("SELECT pg_current_wal_flush_lsn() >= ?::pg_lsn")
                .param(lsn)
                .query(Boolean.class)
                .single();
    }

    @Test
    void followsATableThatIsAlteredWithoutANewSnapshot() throws SQLException {
        try (Capture capture = bench.start("items")) {
            Workbench.drain(capture);
            bench.execute("ALTER TABLE items ADD COLUMN w int[]; INSERT INTO items VALUES (1, 'x', '{1}')");
            Workbench.drain(capture);
            Workbench.drain(capture);
        }
        assertThat(bench.sql
                        .sql("SELECT count(*) FROM cdc.outdated()")
                        .query(Long.class)
                        .single())
                .isZero();
        assertThat(fold(events("items"))).isEqualTo(table("items"));
        assertThat(markers("items"))
                .filteredOn(Marker.ChunkStart.class::isInstance)
                .hasSize(1);
    }

    @Test
    void sendsTruncates() throws SQLException {
        bench.execute("INSERT INTO items VALUES (1, 'x')");
        try (Capture capture = bench.start("items")) {
            Workbench.drain(capture);
            bench.execute("TRUNCATE items; INSERT INTO items VALUES (2, 'y')");
            Workbench.drain(capture);
        }
        assertThat(events("items"))
                .extracting(ChangeEvent::operation)
                .containsExactly(Operation.READ, Operation.TRUNCATE, Operation.CREATE);
        assertThat(fold(events("items"))).isEqualTo(table("items"));
    }

    private List<ChangeEvent> events(String table) {
        List<ChangeEvent> events = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : bench.records(table)) {
            if (record.value() != null) {
                events.add(reader.read(record.key(), record.value()));
            }
        }
        return events;
    }

    private List<ChangeEvent> changes(String table) {
        return events(table).stream()
                .filter(event -> event.operation() != Operation.READ)
                .toList();
    }

    private List<Marker> markers(String table) {
        List<Marker> markers = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : bench.records(table)) {
            Header header = record.headers().lastHeader(Marker.HEADER);
            if (header != null) {
                markers.add(MarkerCodec.read(header.value()));
            }
        }
        return markers;
    }

    private List<String> chunkStarts() {
        return markers("items").stream()
                .filter(Marker.ChunkStart.class::isInstance)
                .map(marker -> ((Marker.ChunkStart) marker).after())
                .map(after -> after == null ? "null" : after.json())
                .toList();
    }

    private static List<Long> sequences(List<ChangeEvent> events) {
        return events.stream().map(ChangeEvent::sequence).toList();
    }

    /** What a reader that knows nothing of chunks has in the end: right as long as nothing was deleted before its chunk came. */
    private static Map<String, String> fold(List<ChangeEvent> events) {
        Map<String, String> rows = new TreeMap<>();
        events.forEach(event -> apply(rows, event));
        return rows;
    }

    private static void apply(Map<String, String> rows, ChangeEvent event) {
        switch (event.operation()) {
            case TRUNCATE -> rows.clear();
            case DELETE -> rows.remove(Objects.requireNonNull(event.row()).value("id"));
            default ->
                rows.put(
                        Objects.requireNonNull(
                                Objects.requireNonNull(event.row()).value("id")),
                        String.valueOf(Objects.requireNonNull(event.row()).value("v")));
        }
    }

    private Map<String, String> table(String name) {
        Map<String, String> rows = new HashMap<>();
        bench.sql
                .sql("SELECT id::text AS id, coalesce(v, 'null') AS v FROM " + name)
                .query(row -> {
                    rows.put(row.getString(1), row.getString(2));
                });
        return new TreeMap<>(rows);
    }
}
