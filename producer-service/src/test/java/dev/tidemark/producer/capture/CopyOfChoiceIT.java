package dev.tidemark.producer.capture;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.tidemark.model.EventReader;
import dev.tidemark.model.Marker;
import dev.tidemark.model.Marker.ColumnType;
import dev.tidemark.model.MarkerCodec;
import dev.tidemark.producer.source.HashKey;
import dev.tidemark.producer.source.SourceMigration;
import dev.tidemark.producer.source.UnusableSourceException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Copies hold what is chosen, as changes do. Values that may not be there begin with SECRET. */
class CopyOfChoiceIT {

    private final Workbench bench = new Workbench();

    @BeforeEach
    void createTable() {
        bench.execute(
                "CREATE TABLE items (id int PRIMARY KEY, v text, ssn text DEFAULT 'SECRET', born date, card int);"
                        + "INSERT INTO items SELECT g, CASE WHEN g % 2 = 0 THEN 'v' ELSE 'SECRET' END FROM generate_series(1, 50) g");
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private void choose(String options) {
        bench.sql
                .sql("SELECT cdc.choose('items', ?::jsonb)")
                .param(options)
                .query(Integer.class)
                .single();
    }

    private String published() {
        StringBuilder all = new StringBuilder();
        for (ConsumerRecord<byte[], byte[]> record : bench.records("items")) {
            all.append(record.value() == null ? "" : new String(record.value(), UTF_8));
        }
        return all.toString();
    }

    private Set<Long> numbers(String table) {
        EventReader reader = new EventReader();
        return bench.records(table).stream()
                .filter(record -> record.headers().lastHeader(Marker.HEADER) == null)
                .map(record -> reader.read(record.key(), record.value()).sequence())
                .collect(toSet());
    }

    private Map<Long, String> even() {
        Map<Long, String> rows = bench.rows("items");
        rows.keySet().removeIf(id -> id % 2 != 0);
        return rows;
    }

    @Test
    void takesTheColumnsAndRowsThatAreChosen() throws SQLException {
        bench.chunkRows = 7;
        bench.migrate();
        bench.sql
                .sql("SELECT cdc.set_hash_key('an example of a key')")
                .query(Boolean.class)
                .single();
        choose("{\"columns\":{\"exclude\":[\"ssn\"],\"mask\":[\"born\"],\"hash\":[\"card\"]},\"rows\":\"id % 2 = 0\"}");
        try (Capture capture = bench.start("items")) {
            Workbench.drain(capture);
            assertThat(bench.replica("items")).isEqualTo(even());
            bench.execute("UPDATE items SET v = CASE WHEN id % 2 = 1 THEN 'SECRET 1' ELSE 'w' END");
            Workbench.drain(capture);
        }
        assertThat(bench.replica("items")).isEqualTo(even()).containsValue("w");
        assertThat(published()).doesNotContain("SECRET");
        Marker marker = MarkerCodec.read(bench.records("items")
                .get(0)
                .headers()
                .lastHeader(Marker.HEADER)
                .value());
        assertThat(((Marker.ChunkStart) marker).columns())
                .extracting(ColumnType::name, ColumnType::type)
                .containsExactly(
                        tuple("id", "integer"), tuple("v", "text"), tuple("born", "date"), tuple("card", "text"));
    }

    /** It is made between two chunks of the copy before. */
    @Test
    void beginsAnewWithAnotherChoiceAndSendsNothingMoreOfTheOneBefore() throws SQLException {
        bench.chunkRows = 7;
        bench.execute("UPDATE items SET ssn = 'told', v = 'told'");
        try (Capture capture = bench.start("items")) {
            capture.step();
            bench.execute("UPDATE items SET ssn = 'told'");
            choose("{\"columns\":{\"exclude\":[\"ssn\"]},\"rows\":\"id % 2 = 0\"}");
            bench.execute("UPDATE items SET ssn = 'SECRET', v = CASE WHEN id % 2 = 1 THEN 'SECRET' ELSE 'w' END");
            Workbench.drain(capture);
        }
        assertThat(bench.replica("items")).isEqualTo(even()).containsValue("w");
        assertThat(published()).doesNotContain("SECRET");
    }

    /** The tick and its chunk are read when the choice is made, and wait for the rest of the tick. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void leavesOutTheChunkInHandWithAnotherChoice(boolean paused) throws SQLException {
        bench.pageRows = 10;
        bench.execute("UPDATE items SET v = 'v'");
        try (Capture capture = bench.start("items")) {
            bench.execute("UPDATE items SET born = 'today'");
            capture.step();
            assertThat(capture.isBetweenTicks()).isFalse();
            if (paused) {
                capture.hold();
            }
            choose("{\"columns\":{\"exclude\":[\"ssn\"]}}");
            capture.refreshSoon();
            Workbench.drain(capture);
        }
        assertThat(published()).doesNotContain("SECRET");
        assertThat(bench.replica("items")).isEqualTo(bench.rows("items"));
    }

    /** A page that was announced is sent again under the same numbers, for the sake of the other table, without the rows of the one that is captured otherwise. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void sendsNothingMoreOfTheTickInHandAfterACrash(boolean crashesBefore) throws SQLException {
        bench.pageRows = 10;
        bench.execute("UPDATE items SET ssn = 'told', v = 'v'; CREATE TABLE others (id int PRIMARY KEY, v text)");
        try (Capture capture = bench.start("items,others")) {
            Workbench.drain(capture);
            bench.execute("DO $$ BEGIN FOR i IN 1..50 LOOP UPDATE items SET ssn = 'SECRET' WHERE id = i;"
                    + " INSERT INTO others VALUES (i, 'x'); END LOOP; END $$");
            capture.step();
            capture.hold();
            choose("{\"columns\":{\"exclude\":[\"ssn\"]}}");
            if (!crashesBefore) {
                capture.refreshSoon();
                capture.step();
                capture.settle();
            }
        }
        try (Capture successor = bench.start("items,others")) {
            Workbench.drain(successor);
        }
        assertThat(published().split("SECRET", -1))
                .as("five rows, in the page before the choice")
                .hasSize(1 + 5);
        assertThat(bench.replica("items")).isEqualTo(bench.rows("items"));
        assertThat(bench.replica("others")).isEqualTo(bench.rows("others"));
        assertThat(numbers("others"))
                .as("the same for each row whenever it is sent")
                .hasSize(50);
    }

    /** Which are parameters for the driver, but for those in quotes. */
    @Test
    void takesConditionsWithQuestionMarks() throws SQLException {
        bench.migrate();
        bench.execute("ALTER TABLE items ADD \"w?\" text DEFAULT 'it''s ?', ADD doc jsonb DEFAULT '{}'");
        bench.sql.sql("UPDATE items SET doc = '{\"a\": 1}' WHERE id % 2 = 0").update();
        choose(
                "{\"columns\":{\"include\":[\"v\"]},\"rows\":\"(doc ? 'a' OR doc ?| '{b}') AND \\\"w?\\\" = 'it''s ?'\"}");
        try (Capture capture = bench.start("items")) {
            Workbench.drain(capture);
        }
        assertThat(bench.replica("items")).isEqualTo(even());
        assertThat(published()).doesNotContain("SECRET");
    }

    @Test
    void anotherKeyForHashesWaitsForWhoWritesUnderTheFormerOne() throws SQLException {
        new SourceMigration(bench.source, true, new HashKey("the former key for hashes")).run();
        choose("{\"columns\":{\"hash\":[\"v\",\"ssn\"]}}");
        SourceMigration changed = new SourceMigration(bench.source, true, new HashKey("another key for hashes"));
        try (Connection writer = bench.source.getConnection();
                Statement write = writer.createStatement()) {
            writer.setAutoCommit(false);
            write.execute("UPDATE items SET card = 1 WHERE id = 1");
            assertThatThrownBy(changed::run)
                    .isInstanceOf(UnusableSourceException.class)
                    .hasMessageContaining("cdc.capture.hash-key")
                    .hasMessageNotContaining("another key");
            writer.commit();
        }
        changed.run();
        bench.execute("UPDATE items SET card = 2 WHERE id = 1");
        assertThat(bench.sql
                        .sql("SELECT data->>'v' = cdc.hash('SECRET') FROM cdc.change_log WHERE op = 'u' ORDER BY id")
                        .query(Boolean.class)
                        .list())
                .containsExactly(false, true);
    }

    @Test
    void waitsWhileTheConditionFails() throws SQLException {
        bench.migrate();
        bench.execute("UPDATE items SET card = id, v = 'v', ssn = 'x'");
        choose("{\"rows\":\"100 / card > 0\"}");
        try (Capture capture = bench.start("items")) {
            Workbench.drain(capture);
            bench.execute("UPDATE items SET card = 0 WHERE id = 5");
            Workbench.drain(capture);
            assertThat(bench.problems.get("public.items")).contains("22012");

            bench.execute("UPDATE items SET card = 1 WHERE id = 5");
            Workbench.drain(capture);
            Workbench.drain(capture);
        }
        assertThat(bench.problems).isEmpty();
        assertThat(bench.replica("items")).isEqualTo(bench.rows("items"));
    }

    /** What PostgreSQL says of a value quotes it, and a function that the condition calls says what it likes. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"ssn::bigint > 0 | 22P02", "public.accepts(ssn) | P0001", "ssn::public.digits = ssn | 23514"})
    void doesNotTellTheValueForWhichTheConditionFails(String condition, String state) throws SQLException {
        bench.migrate();
        bench.execute("CREATE DOMAIN digits AS text CHECK (value !~ '[A-Z]');"
                + "CREATE FUNCTION accepts(value text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS"
                + " $$ BEGIN IF value ~ '[A-Z]' THEN RAISE '% is not accepted', value; END IF; RETURN true; END $$;"
                + "CREATE TABLE others (id int PRIMARY KEY, v text); UPDATE items SET ssn = id, v = 'v'");
        choose("{\"columns\":{\"exclude\":[\"ssn\"]},\"rows\":\"" + condition + "\"}");
        try (Capture capture = bench.start("items,others")) {
            Workbench.drain(capture);
            bench.execute("UPDATE items SET ssn = 'SECRET' WHERE id = 7; INSERT INTO others VALUES (1, 'x')");
            Workbench.drain(capture);
        }
        assertThat(bench.problems.get("public.items")).contains(state).doesNotContain("SECRET");
        assertThat(bench.replica("others")).isEqualTo(bench.rows("others"));
    }
}
