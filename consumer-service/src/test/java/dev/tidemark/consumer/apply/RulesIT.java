package dev.tidemark.consumer.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.consumer.Events;
import dev.tidemark.consumer.deadletter.CauseClass;
import dev.tidemark.consumer.deadletter.Refusal;
import dev.tidemark.consumer.deadletter.Replays.Result;
import dev.tidemark.consumer.rules.RuleException;
import dev.tidemark.consumer.rules.Rules;
import dev.tidemark.consumer.rules.RulesProperties;
import dev.tidemark.model.Marker.ChunkStart;
import dev.tidemark.model.Marker.ColumnType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class RulesIT {

    private static final String FLOOR = """
            public.staff:
              - name: salary-floor
                require: after.salary > 10000
                message: The salary has to be above 10000
            """;

    @RegisterExtension
    static final TestDestination destination = TestDestination.create();

    @TempDir
    private Path folder;

    private final Events staff = Events.of("staff");

    @BeforeEach
    void table() {
        destination.execute(
                "DROP TABLE IF EXISTS staff, others", "CREATE TABLE staff (id int PRIMARY KEY, salary numeric(10,2))");
    }

    private Rules rules(String yaml) {
        try {
            Path file = Files.writeString(folder.resolve("rules.yaml"), yaml);
            return Rules.load(new RulesProperties(List.of(file.toString())));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Batches batches(String yaml, boolean createTables) {
        Sink sink = new Sink(
                destination.dataSource(),
                Targets.asAtTheSource(),
                createTables,
                TestDestination.DEAD_LETTERS,
                rules(yaml));
        return new Batches(destination, sink, "x.public.staff");
    }

    private List<String> rows() {
        return destination.rows("SELECT id, salary FROM staff ORDER BY id");
    }

    @Test
    void refusesWhatBreaksARule() {
        Batches batches = batches(FLOOR, false);
        batches.changes(staff.upsert(1, "{'id':1}", "{'id':1,'salary':20000}")).apply();
        Outcome outcome = batches.changes(
                        staff.upsert(2, "{'id':1}", "{'id':1,'salary':10000.00}"),
                        staff.upsert(3, "{'id':2}", "{'id':2,'salary':10000.01}"),
                        staff.upsert(4, "{'id':3}", "{'id':3,'salary':null}"),
                        staff.delete(5, "{'id':9}"))
                .apply();
        assertThat(rows()).containsExactly("1|20000.00", "2|10000.01");
        assertThat(outcome.refused())
                .extracting(refused -> refused.refusal().causeClass())
                .containsExactly(CauseClass.RULE, CauseClass.RULE);
        Refusal refusal = outcome.refused().iterator().next().refusal();
        assertThat(refusal.rule()).isEqualTo("salary-floor");
        assertThat(refusal.cause()).isEqualTo("rule salary-floor");
        assertThat(refusal.message()).isEqualTo("The salary has to be above 10000");
    }

    @Test
    void refusesRowsOfASnapshotInTheirMidst() {
        List<ColumnType> columns = List.of(
                new ColumnType("id", "integer", true, false, 1, 0),
                new ColumnType("salary", "numeric(10,2)", false, false, 0, 0));
        destination.execute("DROP TABLE staff");
        Outcome outcome = batches(FLOOR, true)
                .chunk(
                        new ChunkStart(1, "public", "staff", null, null, columns, Map.of()),
                        staff.read(2, "{'id':1}", "{'id':1,'salary':20000}"),
                        staff.read(3, "{'id':2}", "{'id':2,'salary':5}"))
                .apply();
        assertThat(outcome.problem()).isNull();
        assertThat(outcome.refused()).hasSize(1);
        assertThat(rows()).containsExactly("1|20000.00");
    }

    @Test
    void refusesReplayThatStillBreaksARule() throws SQLException {
        batches(FLOOR, false)
                .changes(staff.upsert(1, "{'id':1}", "{'id':1,'salary':5}"))
                .apply();
        destination.execute("UPDATE cdc.dead_letter SET record_value = convert_to('"
                + new String(staff.value(dev.tidemark.model.Operation.UPDATE, 1, "{'id':1,'salary':5}"))
                + "', 'UTF8')");
        LetterReplays replays = new LetterReplays(
                destination.dataSource(), Targets.asAtTheSource(), rules(FLOOR), TestDestination.TOPICS);
        assertThat(replays.replay(List.of(1L), false, "ann").get(0).result()).isEqualTo(Result.REFUSED);
        assertThat(replays.replayEdited(1, "{\"id\":1,\"salary\":10000}", false, "ann")
                        .result())
                .isEqualTo(Result.REFUSED);
        assertThat(replays.replayEdited(1, "{\"id\":1,\"salary\":10001}", false, "ann")
                        .result())
                .isEqualTo(Result.REPLAYED);
        assertThat(rows()).containsExactly("1|10001.00");
    }

    @Test
    void stopsTheTableWhoseRulesNameAColumnThatIsNotThere() {
        Outcome outcome = batches(FLOOR.replace("salary >", "wages >"), false)
                .changes(staff.upsert(1, "{'id':1}", "{'id':1,'salary':5}"))
                .apply();
        assertThat(outcome.problem().kind()).isEqualTo(ErrorKind.ENVIRONMENT);
        assertThat(outcome.problem().message()).contains("rules.yaml", "salary-floor", "wages");
    }

    @Test
    void stopsTheStartWhenARuleNamesAColumnThatIsNotThere() {
        RulesCheck check = new RulesCheck(
                destination.dataSource(), Targets.asAtTheSource(), rules(FLOOR.replace("salary >", "wages >")));
        assertThatThrownBy(check::afterSingletonsInstantiated)
                .isInstanceOf(RuleException.class)
                .hasMessageContaining("wages");
    }

    @Test
    void stopsAtTheMissingTableItself() {
        destination.execute("CREATE TABLE others (id int PRIMARY KEY)");
        Events missing = Events.of("missing");
        Outcome outcome = batches(FLOOR.replace("staff", "missing").replace("salary >", "id >"), true)
                .changes(
                        Events.of("others").upsert(1, "{'id':1}", "{'id':1}"),
                        missing.upsert(2, "{'id':1}", "{'id':1}"))
                .apply();
        assertThat(outcome.done()).isEqualTo(1);
        assertThat(outcome.missingTable()).isTrue();
        assertThat(outcome.problem().table()).isEqualTo(missing.table());
    }

    @Test
    void startsWhenTheTableIsNotThereYet() {
        new RulesCheck(destination.dataSource(), Targets.asAtTheSource(), rules(FLOOR.replace("staff", "others")))
                .afterSingletonsInstantiated();
    }
}
