package dev.tidemark.consumer.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.consumer.Events;
import dev.tidemark.consumer.apply.Step.RowChange;
import dev.tidemark.consumer.apply.Step.Unreadable;
import dev.tidemark.consumer.deadletter.Replays.Replay;
import dev.tidemark.consumer.deadletter.Replays.Result;
import dev.tidemark.model.EventReader;
import dev.tidemark.model.Operation;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class LetterReplaysIT {

    private static final TopicPartition PARTITION = new TopicPartition("x.public.people", 0);

    @RegisterExtension
    static final TestDestination destination = TestDestination.create();

    private final Events people = Events.of("people");
    private LetterReplays replays;
    private Sink sink;
    private long offset;

    @BeforeEach
    void reset() {
        destination.execute(
                "DROP TABLE IF EXISTS people",
                "CREATE TABLE people (id int PRIMARY KEY, name text UNIQUE, CONSTRAINT no_bad CHECK (name NOT LIKE 'bad%'))");
        replays = new LetterReplays(
                destination.dataSource(), Targets.asAtTheSource(), TestDestination.NO_RULES, TestDestination.TOPICS);
        sink = destination.sink(false);
    }

    /** Applies changes that come as records, numbered from the offset on. */
    private Outcome come(String... names) throws SQLException {
        return come(PARTITION, names);
    }

    private Outcome come(TopicPartition partition, String... names) throws SQLException {
        List<Step> steps = new ArrayList<>();
        for (String name : names) {
            int id = Integer.parseInt(name.substring(0, 1));
            steps.add(step(partition, "{'id':" + id + "}", "{'id':%d,'name':'%s'}".formatted(id, name.substring(2))));
        }
        return come(partition, steps);
    }

    private void comeAs(String key, String row) throws SQLException {
        come(PARTITION, List.of(step(PARTITION, key, row)));
    }

    private Step step(TopicPartition partition, String key, String row) {
        ConsumerRecord<byte[], byte[]> record = people.record(partition, offset, Operation.UPDATE, ++offset, key, row);
        return new RowChange(record, new EventReader().read(record.key(), record.value()));
    }

    private Outcome come(TopicPartition partition, List<Step> steps) throws SQLException {
        Position position = destination.offsets().claim(Map.of(partition, "id")).get(partition);
        return sink.apply(List.of(new PartitionBatch(
                        partition, "id", position, steps, new Position(offset, offset), Long.MAX_VALUE)))
                .get(0);
    }

    private static List<String> letters() {
        return destination.rows("SELECT id, state, attempts, closed_by FROM cdc.dead_letter ORDER BY id");
    }

    private static List<String> rows() {
        return destination.rows("SELECT id, name FROM people ORDER BY id");
    }

    private static List<Result> results(List<Replay> replays) {
        return replays.stream().map(Replay::result).toList();
    }

    private static void repair() {
        destination.execute("ALTER TABLE people DROP CONSTRAINT no_bad");
    }

    @Test
    void appliesWhatTheDestinationTakesNow() throws SQLException {
        come("1 bad", "2 good", "3 bad3");
        repair();
        assertThat(results(replays.replay(List.of(1L, 2L), false, "ann"))).containsOnly(Result.REPLAYED);
        assertThat(rows()).containsExactly("1|bad", "2|good", "3|bad3");
        assertThat(letters()).containsExactly("1|replayed|2|ann", "2|replayed|2|ann");
    }

    @Test
    void doesNothingTwice() throws SQLException {
        come("1 bad");
        repair();
        replays.replay(List.of(1L), false, "ann");
        come("1 newer");
        assertThat(results(replays.replay(List.of(1L), true, "bob"))).containsExactly(Result.CLOSED);
        assertThat(rows()).containsExactly("1|newer");
        assertThat(letters()).containsExactly("1|replayed|2|ann");
    }

    @Test
    void leavesOpenWhatIsRefusedAgainAndAppliesTheOthers() throws SQLException {
        come("1 bad", "2 bad2");
        destination.execute("ALTER TABLE people DROP CONSTRAINT no_bad, ADD CONSTRAINT no_bad2 CHECK (name <> 'bad2')");
        List<Replay> results = replays.replay(List.of(1L, 2L), false, "ann");
        assertThat(results(results)).containsExactly(Result.REPLAYED, Result.REFUSED);
        assertThat(results.get(1).refusal().cause()).isEqualTo("check \"no_bad2\"");
        assertThat(letters()).containsExactly("1|replayed|2|ann", "2|open|2|null");
        assertThat(destination.value("SELECT cause FROM cdc.dead_letter WHERE id = 2"))
                .isEqualTo("check \"no_bad2\"");
    }

    @Test
    void doesNotFindThoseOfOtherPipelines() throws SQLException {
        come(new TopicPartition("x_eu.public.people", 0), "1 bad");
        repair();
        assertThat(results(replays.replay(List.of(1L), true, "ann"))).containsExactly(Result.MISSING);
        assertThat(rows()).isEmpty();
        assertThat(letters()).containsExactly("1|open|1|null");
    }

    @Test
    void tellsLettersOfSeveralPartitionsApart() throws SQLException {
        come("1 bad");
        offset = 0;
        come(new TopicPartition("x.public.people", 1), "2 bad2");
        destination.execute("ALTER TABLE people DROP CONSTRAINT no_bad, ADD CONSTRAINT no_bad2 CHECK (name <> 'bad2')");
        assertThat(results(replays.replay(List.of(1L, 2L), false, "ann")))
                .containsExactly(Result.REPLAYED, Result.REFUSED);
        assertThat(rows()).containsExactly("1|bad");
        assertThat(letters()).containsExactly("1|replayed|2|ann", "2|open|2|null");
    }

    @Test
    void neverAppliesOverALaterEventUnlessForced() throws SQLException {
        come("1 bad");
        come("1 newer");
        repair();
        assertThat(results(replays.replay(List.of(1L), false, "ann"))).containsExactly(Result.SUPERSEDED);
        assertThat(rows()).containsExactly("1|newer");
        assertThat(results(replays.replay(List.of(1L), true, "ann"))).containsExactly(Result.REPLAYED);
        assertThat(rows()).containsExactly("1|bad");
    }

    @Test
    void appliesLettersOfARowInTheOrderOfItsEvents() throws SQLException {
        come("1 bad first");
        come("1 bad last");
        repair();
        assertThat(results(replays.replay(List.of(2L, 1L), false, "ann")))
                .containsExactly(Result.REPLAYED, Result.SUPERSEDED);
        assertThat(rows()).containsExactly("1|bad last");
        assertThat(letters()).containsExactly("1|superseded|1|null", "2|replayed|2|ann");
    }

    @Test
    void supersedesOlderLettersOfTheRow() throws SQLException {
        come("1 bad first");
        come("1 bad last");
        repair();
        replays.replay(List.of(2L), false, "ann");
        assertThat(results(replays.replay(List.of(1L), false, "ann"))).containsExactly(Result.SUPERSEDED);
        assertThat(rows()).containsExactly("1|bad last");
    }

    @Test
    void swapsValues() throws SQLException {
        come("1 a", "2 b");
        come("1 b", "3 bad");
        repair();
        come("2 c");
        assertThat(results(replays.replay(List.of(1L, 2L), false, "ann"))).containsOnly(Result.REPLAYED);
        assertThat(rows()).containsExactly("1|b", "2|c", "3|bad");
    }

    @Test
    void appliesAnEditedRowAndRecordsBoth() throws SQLException {
        come("1 bad");
        Replay replay = replays.replayEdited(1, Events.json("{'id':7,'name':'mended'}"), false, "ann");
        assertThat(replay.result()).isEqualTo(Result.REPLAYED);
        assertThat(rows()).containsExactly("7|mended");
        assertThat(destination.rows("SELECT edited_row, closed_by, closed_at IS NOT NULL FROM cdc.dead_letter"))
                .containsExactly("{\"id\":7,\"name\":\"mended\"}|ann|t");
        assertThat(destination.value("SELECT convert_from(record_value, 'UTF8') FROM cdc.dead_letter"))
                .contains("bad");
    }

    @Test
    void refusesAnEditedRowThatIsStillBad() throws SQLException {
        come("1 bad");
        Replay replay = replays.replayEdited(1, Events.json("{'id':1,'name':'bad still'}"), false, "ann");
        assertThat(replay.result()).isEqualTo(Result.REFUSED);
        assertThat(destination.value("SELECT edited_row FROM cdc.dead_letter")).isEqualTo("null");
    }

    @Test
    void supersedesOlderLettersByAnEditedRowThoughItsKeyIsWrittenAnotherWay() throws SQLException {
        come("1 bad first");
        come("1 bad last");
        destination.execute(
                "UPDATE cdc.dead_letter SET record_key = convert_to('{\"id\" : 1}', 'UTF8'), key = '{\"id\" : 1}'");
        replays.replayEdited(2, Events.json("{'id':1,'name':'mended'}"), false, "ann");
        repair();
        assertThat(results(replays.replay(List.of(1L), false, "ann"))).containsExactly(Result.SUPERSEDED);
        assertThat(rows()).containsExactly("1|mended");
    }

    /** A key of numeric is written without the zeros that the row has, and one of char without the blanks. */
    @Test
    void takesTheKeyOfAnEditedRowAsTheEventsRowHasIt() throws SQLException {
        destination.execute(
                "DROP TABLE people",
                "CREATE TABLE people (id numeric PRIMARY KEY, name text, CONSTRAINT no_bad CHECK (name NOT LIKE 'bad%'))",
                "INSERT INTO people VALUES (1.50, 'old')");
        comeAs("{'id' : 1.5}", "{'id':1.50,'name':'bad first'}");
        comeAs("{'id' : 1.5}", "{'id':1.50,'name':'bad last'}");
        assertThat(replays.replayEdited(2, Events.json("{'id':1.50,'name':'mended'}"), false, "ann")
                        .result())
                .isEqualTo(Result.REPLAYED);
        assertThat(rows()).containsExactly("1.50|mended");
        assertThat(letters()).containsExactly("1|superseded|1|null", "2|replayed|2|ann");
    }

    @Test
    void overwritesAnotherRowByAnEditedKeyOnlyWhenForced() throws SQLException {
        come("1 bad", "2 good");
        String edited = Events.json("{'id':2,'name':'mended'}");
        assertThatThrownBy(() -> replays.replayEdited(1, edited, false, "ann"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("force=true");
        assertThat(replays.replayEdited(1, edited, true, "ann").result()).isEqualTo(Result.REPLAYED);
        assertThat(rows()).containsExactly("2|mended");
    }

    @Test
    void refusesWhatAConstraintRefusesThatIsCheckedAtCommit() throws SQLException {
        come("1 bad", "2 bad2");
        repair();
        destination.execute(
                "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.id = 2 THEN RAISE 'not this one'; END IF; RETURN NULL; END $$",
                "CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON people DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()",
                "ALTER TABLE people ENABLE ALWAYS TRIGGER refuse");
        assertThat(results(replays.replay(List.of(1L, 2L), false, "ann")))
                .containsExactly(Result.REPLAYED, Result.REFUSED);
    }

    @Test
    void saysWhatAnEditedRowNeeds() throws SQLException {
        come("1 bad");
        assertThatThrownBy(() -> replays.replayEdited(1, Events.json("{'id':1}"), false, "ann"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[id, name]");
        assertThatThrownBy(() -> replays.replayEdited(1, "[1]", false, "ann"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no JSON object");
        assertThatThrownBy(() -> replays.replayEdited(1, Events.json("{'id':null,'name':'x'}"), false, "ann"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("key column id");
        assertThat(letters()).containsExactly("1|open|1|null");
    }

    @Test
    void doesNotReadWhatCannotBeUnderstood() throws SQLException {
        Position position = destination.offsets().claim(Map.of(PARTITION, "id")).get(PARTITION);
        ConsumerRecord<byte[], byte[]> record = Events.record(PARTITION, 0, null, Events.utf8("rubbish"));
        sink.apply(List.of(new PartitionBatch(
                PARTITION, "id", position, List.of(new Unreadable(record, -1, "no JSON")), new Position(1, -1))));
        assertThat(results(replays.replay(List.of(1L), false, "ann"))).containsExactly(Result.REFUSED);
        assertThat(letters()).containsExactly("1|open|2|null");
    }

    @Test
    void saysWhichLettersThereAreNot() throws SQLException {
        assertThat(results(replays.replay(List.of(99L), false, "ann"))).containsExactly(Result.MISSING);
    }

    @Test
    void failsAsAWholeWhenTheEnvironmentIsAtFault() throws SQLException {
        come("1 bad");
        destination.execute("ALTER TABLE people RENAME TO elsewhere");
        assertThatThrownBy(() -> replays.replay(List.of(1L), false, "ann"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("public.people");
        destination.execute("ALTER TABLE elsewhere RENAME TO people");
        assertThat(letters()).containsExactly("1|open|1|null");
    }

    /** Broken once by leaving the position unlocked: then the replay ends over the later event. */
    @Test
    void takesTurnsWithTheStream() throws Exception {
        come("1 bad");
        repair();
        try (Connection stream = destination.dataSource().getConnection()) {
            stream.setAutoCommit(false);
            stream.createStatement().execute("UPDATE cdc.applied_offset SET next_offset = 2, last_sequence = 2");
            var replay = java.util.concurrent.CompletableFuture.supplyAsync(() -> {
                try {
                    return replays.replay(List.of(1L), false, "ann");
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            awaitLock();
            stream.createStatement().execute("INSERT INTO people VALUES (1, 'newer')");
            stream.createStatement().execute("UPDATE cdc.dead_letter SET state = 'superseded', closed_at = now()");
            stream.commit();
            assertThat(results(replay.join())).containsExactly(Result.SUPERSEDED);
        }
        assertThat(rows()).containsExactly("1|newer");
    }

    private static void awaitLock() {
        String waiting =
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
        while (destination.value(waiting).equals("0")) {
            Thread.onSpinWait();
        }
    }
}
