package dev.tidemark.consumer.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.consumer.Events;
import dev.tidemark.consumer.apply.SinkProperties.SchemaPolicy;
import dev.tidemark.consumer.apply.SinkProperties.SoftDelete;
import dev.tidemark.consumer.apply.SinkProperties.Table;
import dev.tidemark.model.RowKey;
import dev.tidemark.model.TableId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tables that are otherwise at the destination than at the source. */
class TargetIT {

    private static final SoftDelete MARKS = new SoftDelete("gone", "gone at");

    @RegisterExtension
    static final TestDestination destination = TestDestination.create();

    private final Events people = Events.of("people");

    @BeforeEach
    void reset() {
        destination.execute(
                "DROP SCHEMA IF EXISTS \"C r m\" CASCADE", "CREATE SCHEMA \"C r m\"", "DROP TABLE IF EXISTS people");
    }

    private static Targets targets(Table table) {
        return new Targets(new SinkProperties(false, SchemaPolicy.WAIT, Map.of("public.people", table)));
    }

    private static Batches batches(Table table, boolean createTables) {
        return new Batches(destination, destination.sink(targets(table), createTables), "t");
    }

    private static Table renamed() {
        return new Table("\"C r m\".persons", Map.of("id", "No.", "name", "id"), null, null);
    }

    private static void createRenamed() {
        destination.execute("CREATE TABLE \"C r m\".persons (\"No.\" int PRIMARY KEY, id text CHECK (id <> 'bad'))");
    }

    private static List<String> persons() {
        return destination.rows("SELECT * FROM \"C r m\".persons ORDER BY 1");
    }

    @Test
    void haveOtherNames() {
        createRenamed();
        Batches batches = batches(renamed(), false);
        batches.changes(
                        people.upsert(1, "{'id':1}", "{'id':1,'name':'Ann'}"),
                        people.upsert(2, "{'id':2}", "{'id':2,'name':'Bob'}"),
                        people.upsert(3, "{'id':3}", "{'id':3,'name':'Cy'}"),
                        people.delete(4, "{'id':2}"))
                .apply();
        assertThat(persons()).containsExactly("1|Ann", "3|Cy");
        batches.chunk(people.chunk(5, null, null), people.read(6, "{'id':3}", "{'id':3,'name':'Cyd'}"))
                .apply();
        assertThat(persons()).containsExactly("3|Cyd");
        batches.changes(people.truncate(8)).apply();
        assertThat(persons()).isEmpty();
    }

    /** A column of the destination alone may have the very name that another one has at the source. */
    @Test
    void leaveColumnsAloneWhoseNameIsThatOfARenamedOne() throws Exception {
        Table full = new Table(null, Map.of("name", "full name"), null, null);
        destination.execute("CREATE TABLE people (id int PRIMARY KEY, \"full name\" text, name text DEFAULT 'own')");
        batches(full, false)
                .changes(people.upsert(1, "{'id':1}", "{'id':1,'name':'Ann'}"))
                .apply();
        assertThat(destination.rows("SELECT * FROM people")).containsExactly("1|Ann|own");
        assertThat(new RowReader(destination.dataSource(), targets(full))
                        .read(TableId.parse("people"), new RowKey("{\"id\":1}")))
                .isEqualTo("{\"id\":1,\"name\":\"Ann\"}");
    }

    /** A snapshot of the one would delete the rows of the other. */
    @Test
    void doNotTakeAnotherTablesRows() {
        destination.execute(
                "CREATE TABLE people (id int PRIMARY KEY, name text)", "INSERT INTO people VALUES (1, 'Ann')");
        Targets targets = new Targets(new SinkProperties(
                false, SchemaPolicy.WAIT, Map.of("persons", new Table("people", Map.of(), null, null))));
        Outcome outcome = new Batches(destination, destination.sink(targets, false), "t")
                .chunk(people.chunk(1, null, null), people.read(2, "{'id':3}", "{'id':3,'name':'Cy'}"))
                .apply();
        assertThat(outcome.problem().message()).contains("public.people", "public.persons", "cdc.sink.tables");
        assertThat(destination.rows("SELECT * FROM people")).containsExactly("1|Ann");
    }

    @Test
    void areMadeUnderTheirOtherNames() {
        batches(renamed(), true)
                .chunk(people.chunk(1, null, null), people.read(2, "{'id':3}", "{'id':3,'name':'Cy'}"))
                .apply();
        assertThat(persons()).containsExactly("3|Cy");
    }

    @Test
    void areReadUnderTheNamesOfTheSource() throws Exception {
        createRenamed();
        batches(renamed(), false)
                .changes(people.upsert(1, "{'id':1}", "{'id':1,'name':'Ann'}"))
                .apply();
        assertThat(new RowReader(destination.dataSource(), targets(renamed()))
                        .read(TableId.parse("people"), new RowKey("{\"id\":1}")))
                .isEqualTo("{\"id\":1,\"name\":\"Ann\"}");
    }

    @Test
    void refuseUnderTheirOtherNames() {
        createRenamed();
        Outcome outcome = batches(renamed(), false)
                .changes(people.upsert(1, "{'id':1}", "{'id':1,'name':'bad'}"))
                .apply();
        assertThat(Batches.refusal(outcome).cause()).isEqualTo("check \"persons_id_check\"");
    }

    @Test
    void keepDeletedRowsWithAMark() {
        Table marked = new Table(null, Map.of(), null, MARKS);
        Batches batches = batches(marked, true);
        batches.chunk(
                        people.chunk(1, null, null),
                        people.read(2, "{'id':1}", "{'id':1,'name':'a'}"),
                        people.read(3, "{'id':2}", "{'id':2,'name':'b'}"),
                        people.read(4, "{'id':3}", "{'id':3,'name':'c'}"))
                .apply();
        batches.changes(people.delete(6, "{'id':2}")).apply();
        assertThat(marks()).containsExactly("1|a|f|t", "2|b|t|f", "3|c|f|t");
        String learned = destination.value("SELECT \"gone at\" FROM people WHERE id = 2");

        batches.chunk(people.chunk(7, null, null), people.read(8, "{'id':1}", "{'id':1,'name':'A'}"))
                .apply();
        assertThat(marks()).containsExactly("1|A|f|t", "2|b|t|f", "3|c|t|f");
        assertThat(destination.value("SELECT \"gone at\" FROM people WHERE id = 2"))
                .isEqualTo(learned);

        batches.changes(people.upsert(10, "{'id':3}", "{'id':3,'name':'back'}")).apply();
        assertThat(marks()).containsExactly("1|A|f|t", "2|b|t|f", "3|back|f|t");

        batches.changes(people.truncate(11)).apply();
        assertThat(marks()).containsExactly("1|A|t|f", "2|b|t|f", "3|back|t|f");
    }

    /** Whether a row is marked, and whether it has no time. */
    private static List<String> marks() {
        return destination.rows("SELECT id, name, gone, \"gone at\" IS NULL FROM people ORDER BY id");
    }

    @Test
    void swapUniqueValuesAlthoughDeletedRowsAreKept() {
        destination.execute(
                "CREATE TABLE people (id int PRIMARY KEY, name text, gone boolean, \"gone at\" timestamptz)",
                "CREATE UNIQUE INDEX ON people (name) WHERE gone IS NOT TRUE",
                "INSERT INTO people VALUES (1, 'a'), (2, 'b')");
        Outcome outcome = batches(new Table(null, Map.of(), null, MARKS), false)
                .changes(
                        people.upsert(1, 7, "{'id':1}", "{'id':1,'name':'b'}"),
                        people.upsert(2, 7, "{'id':2}", "{'id':2,'name':'a'}"))
                .apply();
        assertThat(outcome.refused()).isEmpty();
        assertThat(marks()).containsExactly("1|b|f|t", "2|a|f|t");
    }

    @Test
    void leaveOutColumnsThatTheyLackIfThisIsWished() {
        destination.execute("CREATE TABLE people (id int PRIMARY KEY, name text)");
        Table ignoring = new Table(null, Map.of(), SchemaPolicy.IGNORE, null);
        Targets targets = targets(ignoring);
        Outcome outcome = new Batches(destination, destination.sink(targets, false), "t")
                .changes(people.upsert(1, "{'id':1}", "{'id':1,'note':'new','name':'Ann'}"))
                .apply();
        assertThat(outcome.problem()).isNull();
        assertThat(destination.rows("SELECT * FROM people")).containsExactly("1|Ann");
        assertThat(targets.ignored()).isEqualTo(Map.of(TableId.parse("people"), java.util.Set.of("note")));
    }

    @Test
    void neverLeaveOutAColumnOfTheKey() {
        destination.execute("CREATE TABLE people (id int PRIMARY KEY, name text)");
        Outcome outcome = batches(new Table(null, Map.of(), SchemaPolicy.IGNORE, null), false)
                .changes(people.upsert(1, "{'nr':1}", "{'nr':1,'name':'Ann'}"))
                .apply();
        assertThat(outcome.done()).isZero();
        assertThat(outcome.problem().message()).contains("no column \"nr\"");
    }

    @Test
    void areNotMixedUp() {
        Table one = new Table("all", Map.of(), null, null);
        assertThatThrownBy(() -> new Targets(new SinkProperties(false, SchemaPolicy.WAIT, Map.of("a", one, "b", one))))
                .hasMessageContaining("two tables of the source would be public.all");
        Table twice = new Table(null, Map.of("a", "c", "b", "c"), null, null);
        assertThatThrownBy(() -> targets(twice)).hasMessageContaining("two columns of public.people");
        assertThatThrownBy(() -> new SoftDelete("gone", " ")).hasMessageContaining("flag and time");
    }
}
