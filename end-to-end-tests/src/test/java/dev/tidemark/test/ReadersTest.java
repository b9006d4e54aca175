package dev.tidemark.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Others read our topics as docs/readers.md says, and stumble where it says so. */
class ReadersTest {

    private static final String EMPTY = ",null".repeat(15);
    private static final String REST =
            "0.1,7,true,20778,2026-11-21T10:20:30.123456,2026-11-21T10:20:30.5+00:00,86399250,1 day 02:03:04,\\xdeadbeef,{a,\"b c\",NULL},{\"a\": [1, 2.50]},a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11,";
    private static final String FIRST =
            "(1,a,1234567890.10,12345678901234567890.1234567890," + REST + "Zoë\n\"q\" \\ \t 😀)";
    private static final String UPDATED = "(1,a,1.00,12345678901234567890.1234567890," + REST + "null)";

    private final List<GoldenTopic> topic = GoldenTopic.read();
    private final GoldenTopic marker = topic.get(0);
    private final GoldenTopic read = topic.get(1);
    private final GoldenTopic create = topic.get(3);
    private final GoldenTopic update = topic.get(4);
    private final GoldenTopic extremes = topic.get(5);
    private final GoldenTopic delete = topic.get(6);
    private final GoldenTopic tombstone = topic.get(7);
    private final GoldenTopic otherKey = topic.get(8);
    private final GoldenTopic lastDelete = topic.get(9);
    private final GoldenTopic truncate = topic.get(11);

    ReadersTest() throws IOException {}

    /** An update of a table whose rows before are not captured. */
    private GoldenTopic updateWithoutBefore() {
        String value = Objects.requireNonNull(update.value());
        return new GoldenTopic(update.key(), "{\"before\":null" + value.substring(value.indexOf(",\"after\":")));
    }

    @Nested
    class Flink {

        private final ReaderDdl ddl = ReaderDdl.of("Flink SQL", "orders");
        private final FlinkReader flink = new FlinkReader(ddl);

        Flink() throws Exception {}

        private FlinkReader with(String column, String type) throws Exception {
            return new FlinkReader(new ReaderDdl(Map.of(column, type), ddl.options()));
        }

        @Test
        void readsAllAsJson() throws Exception {
            FlinkReader plain = new FlinkReader(ReaderDdl.of("Flink SQL", "orders_events"));
            String updated = "+I(1,a,1.00,2026-11-21T10:20:30.123456,2026-11-21T10:20:30.5+00:00)";
            assertThat(plain.read(update)).containsExactly("+I(+I(1,a),%s,+I(3298534883345),u)".formatted(updated));
            assertThat(plain.read(updateWithoutBefore()))
                    .containsExactly("+I(null,%s,+I(3298534883345),u)".formatted(updated));
            assertThat(plain.read(delete)).containsExactly("+I(+I(2,ü \"),null,+I(3298534883345),d)");
            assertThat(plain.read(truncate)).containsExactly("+I(null,null,+I(3298534883345),t)");
            assertThat(plain.read(marker)).isEmpty();
            assertThat(plain.read(tombstone)).isEmpty();
        }

        @Test
        void readsTheRowsOfSnapshotsInsertsAndDeletesAndOfOtherKeys() throws IOException {
            assertThat(flink.read(read)).containsExactly("+I" + FIRST);
            assertThat(flink.read(create)).containsExactly("+I(2,ü \"" + EMPTY + ")");
            assertThat(flink.read(otherKey)).containsExactly("+I(2,b" + EMPTY + ")");
            assertThat(flink.read(delete)).containsExactly("-D(2,ü \"" + EMPTY + ")");
            assertThat(flink.read(lastDelete)).containsExactly("-D" + UPDATED);
        }

        @Test
        void readsUpdatesThatHaveTheRowBefore() throws IOException {
            assertThat(flink.read(update)).containsExactly("-U" + FIRST, "+U" + UPDATED);
        }

        @Test
        void stopsAtUpdatesThatHaveNot() {
            assertThatThrownBy(() -> flink.read(updateWithoutBefore()))
                    .rootCause()
                    .hasMessageContaining("The \"before\" field of UPDATE message is null");
        }

        @Test
        void passesOverMarkersAndTombstones() throws IOException {
            assertThat(flink.read(marker)).isEmpty();
            assertThat(flink.read(tombstone)).isEmpty();
        }

        @Test
        void stopsAtTruncates() {
            assertThatThrownBy(() -> flink.read(truncate))
                    .rootCause()
                    .hasMessageContaining("Unknown \"op\" value \"t\"");
        }

        @Test
        void losesWhatItCannotReadIfErrorsAreIgnored() throws Exception {
            Map<String, String> options = new HashMap<>(ddl.options());
            options.put("debezium-json.ignore-parse-errors", "true");
            FlinkReader careless = new FlinkReader(new ReaderDdl(ddl.columns(), options));
            assertThat(careless.read(updateWithoutBefore())).isEmpty();
            assertThat(careless.read(truncate)).isEmpty();
        }

        @Test
        void stopsAtWhatItsTypesHaveNot() throws Exception {
            for (String column : List.of("rate", "day", "local_at")) {
                FlinkReader one = with(column, ddl.columns().get(column));
                assertThatThrownBy(() -> one.read(extremes)).as(column).isInstanceOf(IOException.class);
                assertThat(with(column, "STRING").read(extremes)).hasSize(1);
            }
            assertThat(with("weight", "DOUBLE").read(extremes)).containsExactly("+I(-Infinity)");
        }

        @Test
        void takesNoOtherOffsetThanZ() throws Exception {
            FlinkReader one = with("at", "TIMESTAMP_LTZ(6)");
            assertThatThrownBy(() -> one.read(read)).isInstanceOf(IOException.class);
        }

        @Test
        void makesNumbersNullThatDoNotFit() throws Exception {
            assertThat(with("rate", "DECIMAL(20, 10)").read(read)).containsExactly("+I(null)");
        }
    }

    @Nested
    class RisingWave {

        private final RisingWaveReader risingWave =
                new RisingWaveReader(ReaderDdl.of("RisingWave", "orders"), "order_id", "line");

        RisingWave() throws IOException {}

        @Test
        void readsInsertsUpdatesAndDeletes() {
            for (GoldenTopic message : List.of(read, create, update, delete, otherKey)) {
                risingWave.read(message);
            }
            assertThat(risingWave.rows()).hasSize(2);
            assertThat(risingWave.rows().get(0))
                    .containsEntry("order_id", "1")
                    .containsEntry("amount", "1.0")
                    .containsEntry("day", "2026-11-21")
                    .containsEntry("local_at", "2026-11-21T10:20:30.123456")
                    .containsEntry("at", "2026-11-21T10:20:30.500Z")
                    .containsEntry("due", "23:59:59.250")
                    .containsEntry("photo", "\\xdeadbeef")
                    .containsEntry("doc", "{\"a\":[1,2.5]}")
                    .hasSize(16);
            assertThat(risingWave.rows().get(1)).isEqualTo(Map.of("order_id", "2", "line", "b"));
            assertThat(risingWave.skipped()).isEmpty();
        }

        @Test
        void losesDigitsOfNumericsAndValuesThatItsTypesHaveNot() {
            risingWave.read(read);
            risingWave.read(extremes);
            assertThat(risingWave.rows().get(0)).containsEntry("rate", "12345678901234567000");
            assertThat(risingWave.rows().get(1)).doesNotContainKeys("weight", "day", "local_at", "at", "due");
        }

        @Test
        void isNotTroubledByWhatComesTwiceAndByTombstones() {
            for (GoldenTopic message : List.of(create, create, otherKey, delete, delete, tombstone, otherKey)) {
                risingWave.read(message);
            }
            assertThat(risingWave.rows()).containsExactly(Map.of("order_id", "2", "line", "b"));
            assertThat(risingWave.skipped()).isEmpty();
        }

        @Test
        void passesOverMarkersAndTruncates() {
            for (GoldenTopic message : List.of(marker, create, truncate)) {
                risingWave.read(message);
            }
            assertThat(risingWave.skipped()).containsExactly(marker, truncate);
            assertThat(risingWave.rows()).hasSize(1);
        }
    }

    @Nested
    class Materialize {

        private final MaterializeReader materialize = new MaterializeReader();

        @Test
        void keepsTheLastOfEachKey() {
            for (GoldenTopic message : List.of(marker, read, marker, create, update, update, delete, otherKey)) {
                materialize.read(message);
            }
            assertThat(materialize.rows()).containsExactly(after(update), after(otherKey));
        }

        @Test
        void forgetsDeletedRowsByTombstones() {
            materialize.read(create);
            materialize.read(delete);
            assertThat(materialize.rows()).isEmpty();
            assertThat(materialize.size()).isEqualTo(1);
            materialize.read(tombstone);
            assertThat(materialize.size()).isZero();
        }

        @Test
        void answersNothingAfterATruncate() {
            materialize.read(create);
            materialize.read(truncate);
            assertThatThrownBy(materialize::rows).hasMessageContaining("NULL key");
            materialize.read(new GoldenTopic(null, null));
            assertThat(materialize.rows()).hasSize(1);
        }

        private static JsonNode after(GoldenTopic message) {
            return JsonMapper.shared().readTree(message.value()).path("after");
        }
    }
}
