package dev.tidemark.producer.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.model.TableId;
import dev.tidemark.producer.capture.PollStatus.State;
import dev.tidemark.producer.source.TestControl;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Wherever the producer's offset is moved to, the tables are equal when it has caught up. */
class OffsetMovesIT {

    private final Workbench bench = new Workbench();
    private final TestControl control = new TestControl(bench.source);

    @BeforeEach
    void createTable() {
        bench.execute("CREATE TABLE items(id int PRIMARY KEY, v text)");
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void publishesAgainWhatTheLogHas() throws SQLException {
        Poller poller = started();
        insert(1, 2, 3);
        drain(poller);
        bench.execute("DELETE FROM items WHERE id = 2");
        drain(poller);
        int sent = bench.records("items").size();
        OffsetPlan plan = move(poller, OffsetTarget.earliest());
        assertThat(plan.again()).isEqualTo(4);
        assertThat(plan.retainedSince()).isEqualTo(at(1));
        assertThat(plan.tables()).containsExactly(new OffsetPlan.Table(TableId.parse("items"), 4, null));
        assertThat(poller.status().position()).isEqualTo(plan.to()).isNotEqualTo(plan.from());

        resume(poller);
        assertThat(bench.records("items")).as("and no new snapshot").hasSize(sent + 4);
        assertEqual("items");
        poller.stop();
    }

    @Test
    void publishesAgainFromATime() throws SQLException {
        Poller poller = started();
        insert(1, 2, 3, 4);
        drain(poller);
        int sent = bench.records("items").size();
        assertThat(move(poller, OffsetTarget.from(at(3))).again()).isEqualTo(2);
        assertThat(move(poller, OffsetTarget.from(at(2))).again())
                .as("before it has published anything again")
                .isEqualTo(1);
        resume(poller);
        assertThat(bench.records("items")).hasSize(sent + 3);

        OffsetPlan nothing = move(poller, OffsetTarget.from(Instant.parse("2999-01-01T00:00:00Z")));
        assertThat(nothing.again()).isZero();
        assertThat(nothing.to()).isEqualTo(nothing.from());
        poller.stop();
    }

    /** The transaction with the lower number changes the row later, and began before the time. */
    @Test
    void publishesAgainWhatOldTransactionsChangedLate() throws SQLException {
        Poller poller = started();
        try (Connection old = bench.source.getConnection();
                Statement statement = old.createStatement()) {
            old.setAutoCommit(false);
            statement.execute("INSERT INTO items VALUES (0, 'old')");
            bench.execute("INSERT INTO items VALUES (2, 'between')");
            bench.execute("INSERT INTO items VALUES (1, 'first')");
            statement.execute("UPDATE items SET v = 'last' WHERE id = 1");
            old.commit();
        }
        drain(poller);
        assertThat(move(poller, OffsetTarget.from(at(1))).again())
                .as("all but the row between")
                .isEqualTo(3);
        resume(poller);
        assertEqual("items");
        poller.stop();
    }

    @Test
    void givesUpThePageUnderWay() throws SQLException {
        bench.pageRows = 100;
        Poller poller = started();
        bench.execute("INSERT INTO items SELECT g, 'x' FROM generate_series(1, 1500) g");
        for (int i = 0; i < 3; i++) {
            assertThat(poller.pollOnce()).isEqualTo(PollOutcome.MORE);
        }
        OffsetPlan plan = move(poller, OffsetTarget.earliest());
        assertThat(plan.again()).isEqualTo(300);
        resume(poller);
        assertEqual("items");
        assertThat(counted()).as("what retention will compare").isEqualTo(1500);
        poller.stop();
    }

    @Test
    void leavesOutOldChangesOfATableThatWasAltered() throws SQLException {
        bench.execute("CREATE TABLE other(id int PRIMARY KEY, v text)");
        Poller poller = started();
        insert(1);
        bench.execute("INSERT INTO other VALUES (1, 'x')");
        drain(poller);
        bench.execute("ALTER TABLE items ALTER v TYPE varchar USING v || '!'");
        OffsetPlan plan = move(poller, OffsetTarget.earliest());
        assertThat(plan.tables().get(0).newSnapshot()).contains("altered");
        assertThat(plan.tables().get(1)).isEqualTo(new OffsetPlan.Table(TableId.parse("other"), 1, null));
        resume(poller);
        assertEqual("items");
        assertThat(move(poller, OffsetTarget.earliest()).tables().get(0).newSnapshot())
                .as("also when it has been tracked again")
                .contains("altered");
        resume(poller);
        assertEqual("items");
        assertEqual("other");
        poller.stop();
    }

    @Test
    void leavesOutOldChangesOfATableThatWasWrittenPastTheTriggers() throws SQLException {
        Poller poller = started();
        insert(1);
        drain(poller);
        bench.execute("BEGIN; SET LOCAL session_replication_role = replica; UPDATE items SET v = 'past'; COMMIT");
        control.tables().copyAnew(List.of(TableId.parse("items")));
        drain(poller);
        assertEqual("items");
        assertThat(move(poller, OffsetTarget.earliest()).tables().get(0).newSnapshot())
                .contains("interrupted");
        resume(poller);
        assertEqual("items");
        poller.stop();
    }

    @Test
    void leavesOutOldChangesOfATableWithAUniqueConstraint() throws SQLException {
        bench.execute("ALTER TABLE items ADD UNIQUE (v)");
        Poller poller = started();
        insert(1);
        drain(poller);
        OffsetPlan plan = move(poller, OffsetTarget.earliest());
        assertThat(plan.again()).isZero();
        assertThat(plan.tables().get(0).newSnapshot()).contains("unique");
        resume(poller);
        assertEqual("items");
        poller.stop();
    }

    @Test
    void startsOverWithNewSnapshotsOfAllTables() throws SQLException {
        Poller poller = started();
        insert(1);
        drain(poller);
        insert(2);
        int sent = bench.records("items").size();
        assertThat(move(poller, OffsetTarget.fresh()).tables()).hasSize(1);
        resume(poller);
        assertThat(bench.records("items")).as("a chunk of two rows").hasSize(sent + 4);
        assertEqual("items");
        assertThat(counted()).isEqualTo(2);
        poller.stop();
    }

    /** That of a server that was restored, or failed over to. */
    @Test
    void startsOverOnAnotherHistoryOfTheSource() throws SQLException {
        Poller poller = started();
        insert(1);
        drain(poller);
        poller.stop();
        bench.forgeHistory();
        Poller successor = bench.poller("items");
        assertThat(successor.pollOnce()).isEqualTo(PollOutcome.FAILED);
        assertThat(successor.status().problem()).contains("DELETE /admin/offsets");
        control.pause().pause("somebody");
        assertThat(successor.pollOnce()).isEqualTo(PollOutcome.PAUSED);
        assertThatThrownBy(() -> successor.move(OffsetTarget.earliest())).hasMessageContaining("DELETE /admin/offsets");
        assertThat(successor.pollOnce()).isEqualTo(PollOutcome.PAUSED);
        successor.move(OffsetTarget.fresh());
        resume(successor);
        assertEqual("items");
        successor.stop();
    }

    @Test
    void knowsAndMovesTheOffsetWhenItWasPausedBeforeItStarted() throws SQLException {
        Poller first = started();
        insert(1);
        drain(first);
        control.pause().pause("somebody");
        first.pollOnce();
        String position = first.status().position();
        first.stop();
        Poller second = bench.poller("items");
        assertThat(second.pollOnce()).isEqualTo(PollOutcome.PAUSED);
        assertThat(second.status().position()).isEqualTo(position);
        assertThat(second.move(OffsetTarget.earliest()).again()).isEqualTo(1);
        second.stop();

        Poller third = bench.poller("items");
        int sent = bench.records("items").size();
        resume(third);
        assertThat(bench.records("items")).as("the move has survived").hasSize(sent + 1);
        third.stop();
    }

    @Test
    void isRefusedWhereNothingIsPausedOrAnotherIsActive() throws SQLException {
        Poller poller = started();
        assertThatThrownBy(() -> poller.move(OffsetTarget.earliest()))
                .isInstanceOf(MoveRefusedException.class)
                .hasMessageContaining("call POST /admin/pause first");
        Poller standby = bench.poller("items");
        standby.pollOnce();
        assertThatThrownBy(() -> standby.move(OffsetTarget.earliest())).isInstanceOf(MoveRefusedException.class);

        control.pause().pause("somebody");
        poller.pollOnce();
        control.pause().resume();
        assertThatThrownBy(() -> poller.move(OffsetTarget.earliest())).isInstanceOf(MoveRefusedException.class);
        drain(poller);
        assertThat(poller.status().state()).isEqualTo(State.RUNNING);
        poller.stop();
    }

    private Poller started() {
        Poller poller = bench.poller("items,other");
        drain(poller);
        return poller;
    }

    private void insert(int... ids) {
        for (int id : ids) {
            bench.execute("INSERT INTO items VALUES (" + id + ", 'v" + id + "')");
        }
    }

    /** When the first change of a row was logged. */
    private Instant at(int id) {
        return bench.sql
                .sql("SELECT min(at) FROM cdc.change_log WHERE key ->> 'id' = ?")
                .param(String.valueOf(id))
                .query(OffsetDateTime.class)
                .single()
                .toInstant();
    }

    private OffsetPlan move(Poller poller, OffsetTarget target) throws SQLException {
        control.pause().pause("somebody");
        assertThat(poller.pollOnce()).isEqualTo(PollOutcome.PAUSED);
        return poller.move(target);
    }

    private void resume(Poller poller) throws SQLException {
        control.pause().resume();
        drain(poller);
    }

    private long counted() {
        return Objects.requireNonNull(bench.read().intent()).published().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    private void assertEqual(String table) {
        Map<Long, String> rows = bench.rows(table);
        assertThat(bench.replica(table)).isEqualTo(rows);
    }

    private static void drain(Poller poller) {
        Workbench.drain(poller);
    }
}
