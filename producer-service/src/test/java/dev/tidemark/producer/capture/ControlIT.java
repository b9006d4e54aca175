package dev.tidemark.producer.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.model.TableId;
import dev.tidemark.producer.capture.PollStatus.State;
import dev.tidemark.producer.source.CaptureChoice;
import dev.tidemark.producer.source.MissedChanges;
import dev.tidemark.producer.source.TestControl;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.threeten.extra.MutableClock;

/** What operators ask of a producer while it runs. */
class ControlIT {

    private static final TableId ITEMS = TableId.parse("items");

    private final Workbench bench = new Workbench();
    private final TestControl control = new TestControl(bench.source);

    @BeforeEach
    void createTable() {
        bench.execute("CREATE TABLE items(id int PRIMARY KEY, v text); INSERT INTO items VALUES (0, 'first')");
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void addsAndRemovesATableWhileItRuns() throws SQLException {
        Poller poller = bench.poller("");
        drain(poller);
        control.tables().add(ITEMS, CaptureChoice.UNCHANGED, null, "somebody");
        drain(poller);
        bench.execute("INSERT INTO items VALUES (1, 'streamed')");
        drain(poller);
        int sent = bench.records("items").size();
        assertThat(sent).as("a chunk of one row, and a change").isEqualTo(4);

        control.tables().remove(ITEMS, "somebody");
        bench.execute("INSERT INTO items VALUES (2, 'nobody looks')");
        drain(poller);
        assertThat(bench.records("items")).hasSize(sent);
        assertThat(bench.problems).isEmpty();
        poller.stop();
    }

    @Test
    void leavesATableAloneThatIsRemovedWhileItIsBeingTracked() throws SQLException {
        bench.execute("CREATE TABLE other(id int PRIMARY KEY)");
        bench.onProblem = () -> {
            bench.onProblem = () -> {};
            remove(ITEMS);
        };
        Poller poller = bench.poller("other,items");
        drain(poller);
        assertThat(captured()).isEqualTo(List.of("other"));
        assertThat(bench.problems).isEmpty();
        poller.stop();
    }

    @Test
    void triesAgainToLeaveARemovedTableAloneWhileItIsLocked() throws SQLException {
        Poller poller = bench.poller("items");
        drain(poller);
        try (Connection other = bench.source.getConnection();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("LOCK TABLE items IN ROW EXCLUSIVE MODE");
            bench.execute("INSERT INTO cdc.table_request VALUES ('public', 'items', false, 'somebody')");
            drain(poller);
            assertThat(captured()).isEqualTo(List.of("items"));
        }
        drain(poller);
        assertThat(captured()).isEmpty();
        poller.stop();
    }

    /** Both wait for the same writer, and the producer has known for longer what it would do. */
    @Test
    void keepsTheChoiceThatIsMadeWhileItTracksTheTable() throws Exception {
        Poller poller = bench.poller("");
        drain(poller);
        control.tables().add(ITEMS, CaptureChoice.UNCHANGED, "{\"rows\":\"id >= 0\"}", "somebody");
        CompletableFuture<?> choice;
        CompletableFuture<?> poll;
        try (Connection writer = bench.source.getConnection();
                Statement statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            statement.execute("UPDATE items SET v = 'held'");
            choice = CompletableFuture.runAsync(() -> exclude("v"));
            awaitWaiting(1, choice);
            poll = CompletableFuture.runAsync(poller::pollOnce);
            awaitWaiting(2, poll);
            writer.commit();
        }
        choice.join();
        poll.join();
        drain(poller);
        assertThat(bench.sql
                        .sql("SELECT options::text FROM cdc.capture_choice")
                        .query(String.class)
                        .list())
                .isEqualTo(List.of("{\"columns\": {\"exclude\": [\"v\"]}}"));
        poller.stop();
    }

    private void exclude(String column) {
        try {
            control.tables()
                    .add(
                            ITEMS,
                            CaptureChoice.UNCHANGED,
                            "{\"columns\":{\"exclude\":[\"" + column + "\"]}}",
                            "somebody");
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private void awaitWaiting(int sessions, CompletableFuture<?> last) {
        while (!last.isDone()
                && bench.sql
                                .sql("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted")
                                .query(Integer.class)
                                .single()
                        < sessions) {
            Thread.onSpinWait();
        }
    }

    @Test
    void tellsOfSettingsForATableThatNobodyAsksFor() throws SQLException {
        TableId misspelt = TableId.parse("publc.items");
        bench.choices = Map.of(misspelt, new CaptureChoice(null, "{\"columns\":{\"exclude\":[\"v\"]}}"));
        Poller poller = bench.poller("items");
        drain(poller);
        drain(poller);
        assertThat(bench.problems).containsOnlyKeys("publc.items");
        assertThat(bench.problems.get("publc.items")).contains("cdc.capture.tables", "cdc.tables");
        assertThat(bench.replica("items")).isEqualTo(bench.rows("items"));

        bench.execute("INSERT INTO cdc.table_request VALUES ('publc', 'items', false, 'somebody')");
        drain(poller);
        assertThat(bench.problems).as("somebody knows that it is not captured").isEmpty();
        poller.stop();
    }

    @Test
    void looksAtOnceWhenTheClockWasSetBack() throws SQLException {
        bench.poller("").pollOnce();
        MutableClock clock = MutableClock.epochUTC();
        ControlWatch watch = new ControlWatch(Duration.ofHours(1), clock);
        try (Connection connection = bench.source.getConnection()) {
            assertThat(watch.look(connection).pause()).isNull();
            control.pause().pause("somebody");
            assertThat(watch.look(connection).pause()).isNull();
            clock.add(Duration.ofHours(-1));
            assertThat(watch.look(connection).pause()).isNotNull();
        }
    }

    private void remove(TableId table) {
        try {
            control.tables().remove(table, "somebody");
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private List<String> captured() {
        return bench.sql
                .sql("SELECT table_name FROM cdc.tracked_table WHERE active")
                .query(String.class)
                .list();
    }

    @Test
    void remembersAcrossARestartWhatWasAddedAndRemoved() throws SQLException {
        bench.execute("CREATE TABLE configured(id int PRIMARY KEY)");
        Poller first = bench.poller("configured");
        drain(first);
        control.tables().add(ITEMS, CaptureChoice.UNCHANGED, null, "somebody");
        control.tables().remove(TableId.parse("configured"), "somebody");
        drain(first);
        first.stop();

        bench.execute("INSERT INTO items VALUES (1, 'x'); INSERT INTO configured VALUES (1)");
        Poller second = bench.poller("configured");
        drain(second);
        assertThat(bench.records("items")).hasSize(4);
        assertThat(captured()).isEqualTo(List.of("items"));
        second.stop();
    }

    @Test
    void publishesNothingWhilePausedAndKeepsTheLock() throws SQLException {
        Poller poller = bench.poller("items");
        drain(poller);
        int sent = bench.records("items").size();
        assertThat(control.pause().pause("somebody")).isTrue();
        bench.execute("INSERT INTO items VALUES (1, 'waits')");
        assertThat(poller.pollOnce()).isEqualTo(PollOutcome.PAUSED);
        assertThat(poller.pollOnce()).isEqualTo(PollOutcome.PAUSED);
        assertThat(poller.status().state()).isEqualTo(State.PAUSED);
        assertThat(poller.status().problem()).startsWith("paused by somebody since ");
        assertThat(poller.status().position()).isNotNull();
        assertThat(bench.records("items")).hasSize(sent);
        assertThat(bench.poller("items").pollOnce()).isEqualTo(PollOutcome.STANDBY);

        assertThat(control.pause().resume()).isTrue();
        drain(poller);
        assertThat(poller.status().state()).isEqualTo(State.RUNNING);
        assertThat(poller.status().epoch()).as("it is the same incarnation").isEqualTo(1);
        assertThat(bench.records("items")).hasSize(sent + 1);
        poller.stop();
    }

    @Test
    void staysPausedOverARestart() throws SQLException {
        Poller first = bench.poller("items");
        drain(first);
        int sent = bench.records("items").size();
        control.pause().pause("somebody");
        first.pollOnce();
        first.stop();
        bench.execute("INSERT INTO items VALUES (1, 'waits')");

        Poller second = bench.poller("items");
        assertThat(second.pollOnce()).isEqualTo(PollOutcome.PAUSED);
        assertThat(second.status().problem()).startsWith("paused by somebody since ");
        assertThat(bench.poller("items").pollOnce()).as("it holds the lock").isEqualTo(PollOutcome.STANDBY);
        assertThat(bench.records("items")).hasSize(sent);

        control.pause().resume();
        drain(second);
        assertThat(bench.records("items")).hasSize(sent + 1);
        second.stop();
    }

    @Test
    void pausesInTheMidstOfALargeTransaction() throws SQLException {
        bench.pageRows = 100;
        Poller poller = bench.poller("items");
        drain(poller);
        bench.execute("INSERT INTO items SELECT g, 'x' FROM generate_series(1, 1500) g");
        for (int i = 0; i < 3; i++) {
            assertThat(poller.pollOnce()).isEqualTo(PollOutcome.MORE);
        }
        control.pause().pause("somebody");
        assertThat(poller.pollOnce()).isEqualTo(PollOutcome.PAUSED);
        int sent = bench.records("items").size();
        assertThat(poller.pollOnce()).isEqualTo(PollOutcome.PAUSED);
        assertThat(bench.records("items")).hasSize(sent).hasSizeLessThan(1000);
        control.pause().resume();
        drain(poller);
        assertThat(bench.records("items")).hasSize(3 + 1500);
        poller.stop();
    }

    @Test
    void takesANewSnapshotWhenItIsAskedFor() throws SQLException {
        Poller poller = bench.poller("items");
        drain(poller);
        int sent = bench.records("items").size();
        control.tables().copyAnew(List.of(ITEMS));
        drain(poller);
        assertThat(bench.records("items")).hasSize(2 * sent);
        poller.stop();
    }

    @Test
    void copiesAPartOfATableAnew() throws SQLException {
        bench.chunkRows = 10;
        bench.execute("INSERT INTO items SELECT g, 'x' FROM generate_series(1, 99) g");
        Poller poller = bench.poller("items");
        drain(poller);
        int before = bench.records("items").size();
        bench.execute("SET session_replication_role = replica; DELETE FROM items WHERE id IN (30, 90);"
                + " UPDATE items SET v = 'unseen' WHERE id IN (20, 21, 55, 56); RESET session_replication_role");
        control.tables().copyRangeAnew(ITEMS, Map.of("id", "20"), Map.of("id", "55"));
        poller.pollOnce();
        poller.pollOnce();
        poller.stop();
        bench.execute("UPDATE items SET v = 'changed' WHERE id IN (22, 54, 80)");
        Poller successor = bench.poller("items");
        drain(successor);

        Map<Long, String> replica = bench.replica("items");
        assertThat(replica).doesNotContainKey(30L).containsEntry(90L, "x");
        assertThat(replica).containsEntry(20L, "x").containsEntry(21L, "unseen");
        assertThat(replica).containsEntry(55L, "unseen").containsEntry(56L, "x");
        assertThat(replica)
                .containsEntry(22L, "changed")
                .containsEntry(54L, "changed")
                .containsEntry(80L, "changed");
        int sent = bench.records("items").size();
        assertThat(sent - before)
                .as("34 rows in four chunks, and three changes; one chunk again at most")
                .isBetween(34 + 8 + 3, 34 + 8 + 3 + 12);
        assertThat(missed()).as("nobody knows that these were the missed ones").isNotEmpty();
        control.tables().copyRangeAnew(ITEMS, Map.of("id", "1000"), null);
        drain(successor);
        assertThat(bench.records("items")).as("an empty chunk").hasSize(sent + 2);
        assertThat(bench.replica("items")).isEqualTo(replica);
        successor.stop();
    }

    @Test
    void forgetsThatChangesWereMissedWhenACopyThatBeganAfterwardsIsComplete() throws SQLException {
        bench.chunkRows = 1;
        Poller poller = bench.poller("items");
        drain(poller);
        writeAsReplica(1);
        drain(poller);
        assertThat(missed()).isEqualTo(List.of("false"));
        control.tables().copyAnew(List.of(ITEMS));
        poller.pollOnce();
        writeAsReplica(2);
        assertThat(missed()).isEqualTo(List.of("true", "false"));
        drain(poller);
        assertThat(missed())
                .as("the second was written while the copy was made")
                .isEqualTo(List.of("false"));
        control.tables().copyAnew(List.of(ITEMS));
        drain(poller);
        assertThat(missed()).isEmpty();
        poller.stop();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void remembersThatChangesWereMissedWhenTheCopyIsLeft(boolean afterARestart) throws SQLException {
        bench.chunkRows = 1;
        Poller poller = bench.poller("items");
        drain(poller);
        writeAsReplica(1);
        writeAsReplica(2);
        control.tables().copyAnew(List.of(ITEMS));
        poller.pollOnce();
        assertThat(missed()).containsOnly("true");
        if (afterARestart) {
            poller.stop();
        }
        control.tables().cancelCopy(ITEMS);
        Poller next = afterARestart ? bench.poller("items") : poller;
        drain(next);
        assertThat(missed()).containsOnly("false");
        next.stop();
    }

    @Test
    void copiesATableAnewThatHadLostATrigger() throws SQLException {
        Poller poller = bench.poller("items");
        drain(poller);
        int sent = bench.records("items").size();
        bench.execute("ALTER TABLE items DISABLE TRIGGER zz_cdc_insert; INSERT INTO items VALUES (1, 'missed')");
        drain(poller);
        assertThat(bench.records("items")).as("a chunk of two rows").hasSize(sent + 4);
        assertThat(missed()).isEmpty();
        poller.stop();
    }

    @Test
    void keepsOneNoteOfEachCause() throws SQLException {
        bench.poller("items").pollOnce();
        writeAsReplica(1);
        writeAsReplica(2);
        try (Connection connection = bench.source.getConnection()) {
            MissedChanges.prune(connection);
        }
        assertThat(missed()).hasSize(1);
    }

    private void writeAsReplica(int id) {
        bench.execute("SET session_replication_role = replica; INSERT INTO items VALUES (" + id
                + ", 'x'); RESET session_replication_role");
    }

    private List<String> missed() {
        return bench.sql
                .sql("SELECT copying::text FROM cdc.missed_change ORDER BY id")
                .query(String.class)
                .list();
    }

    @Test
    void leavesASnapshotThatIsCancelled() throws SQLException {
        bench.chunkRows = 10;
        bench.execute("INSERT INTO items SELECT g, 'x' FROM generate_series(1, 99) g");
        Poller poller = bench.poller("items");
        drain(poller);
        int sent = bench.records("items").size();
        control.tables().copyAnew(List.of(ITEMS));
        poller.pollOnce();
        poller.pollOnce();
        control.tables().cancelCopy(ITEMS);
        bench.execute("UPDATE items SET v = 'y' WHERE id > 90");
        drain(poller);
        assertThat(bench.records("items"))
                .as("two chunks at most, and the changes")
                .hasSizeLessThanOrEqualTo(sent + 2 * 12 + 9);
        assertThat(bench.replica("items")).isEqualTo(bench.rows("items"));
        poller.stop();
    }

    @Test
    void publishesChangesOfATableWhileItWaitsForTheSnapshotThatWasAskedFor() throws SQLException {
        bench.chunkRows = 10;
        bench.execute("INSERT INTO items SELECT g, 'x' FROM generate_series(1, 99) g;"
                + "CREATE TABLE later(id int PRIMARY KEY)");
        Poller poller = bench.poller("items,later");
        drain(poller);
        int sent = bench.records("later").size();
        control.tables().copyAnew(List.of(ITEMS, TableId.parse("later")));
        poller.pollOnce();
        bench.execute("INSERT INTO later VALUES (1)");
        poller.pollOnce();
        poller.stop();
        assertThat(bench.records("later")).as("the change, and no chunk").hasSize(sent + 1);

        Poller successor = bench.poller("items,later");
        successor.pollOnce();
        bench.execute("INSERT INTO later VALUES (2)");
        successor.pollOnce();
        successor.pollOnce();
        assertThat(bench.records("later")).hasSize(sent + 2);
        drain(successor);
        assertThat(bench.records("later")).as("and a chunk of two rows").hasSize(sent + 2 + 4);
        successor.stop();
    }

    private static void drain(Poller poller) {
        Workbench.drain(poller);
    }
}
