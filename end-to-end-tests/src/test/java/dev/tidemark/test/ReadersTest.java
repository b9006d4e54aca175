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

    /**
     * What its rules rest on in our records; it does not run here. The rules are those of its parser, src/connector/src/parser at commit 0025df19: "r", "c" and
     * "u" put {@code after} in the place of the row with its primary key, "d" takes away the one of {@code before}, a record without value the one of its key;
     * all else is passed over (unified/debezium.rs). A value of another kind than its column takes is NULL (unified/json.rs, chunk_builder.rs).
     */
    @Nested
    class RisingWave {

        private final Map<String, String> columns =
                ReaderDdl.of("RisingWave", "orders").columns();

        RisingWave() throws IOException {}

        @Test
        void findsTheWholeRowAfterEachButADelete() {
            for (GoldenTopic message : List.of(read, create, update, extremes, otherKey)) {
                assertThat(event(message).path("op").asString()).isIn("r", "c", "u");
                assertThat(event(message).path("after").propertyNames()).containsExactlyElementsOf(columns.keySet());
            }
        }

        @Test
        void findsTheKeyOfWhatIsDeletedBeforeItAndInTombstones() {
            assertThat(event(delete).path("op").asString()).isEqualTo("d");
            key(delete)
                    .forEachEntry((column, value) -> assertThat(
                                    event(delete).path("before").path(column))
                            .isEqualTo(value));
            assertThat(tombstone.value()).isNull();
            assertThat(key(tombstone)).isEqualTo(key(delete));
        }

        @Test
        void findsNoKeyInMarkersAndNoOperationOfItsOwnInTruncates() {
            assertThat(marker.value()).isNull();
            assertThat(key(marker).propertyNames())
                    .doesNotContainAnyElementsOf(key(read).propertyNames());
            assertThat(event(truncate).path("op").asString()).isEqualTo("t");
        }

        @Test
        void findsTheKindOfValueThatEachColumnTakes() {
            columns.forEach((column, type) -> assertThat(
                            takes(type, event(read).path("after").path(column)))
                    .as(column)
                    .isTrue());
        }

        @Test
        void findsValuesOfNoKindThatTheColumnTakes() {
            JsonNode row = event(extremes).path("after");
            assertThat(columns.keySet().stream()
                            .filter(column ->
                                    !row.path(column).isNull() && !takes(columns.get(column), row.path(column))))
                    .containsExactly("rate", "weight", "day", "local_at", "at", "due");
        }

        private static boolean takes(String type, JsonNode value) {
            return switch (type) {
                case "bigint", "smallint" -> value.isIntegralNumber();
                case "numeric", "double precision" -> value.isNumber();
                case "boolean" -> value.isBoolean();
                case "date" -> value.asString().matches("\\d{4}-\\d\\d-\\d\\d");
                case "time" -> value.asString().matches("([01]\\d|2[0-3]):\\d\\d:\\d\\d(\\.\\d+)?");
                case "timestamp" -> value.asString().matches("\\d{4}-\\d\\d-\\d\\dT[\\d:.]+");
                case "timestamptz" -> value.asString().matches("\\d{4}-\\d\\d-\\d\\dT[\\d:.]+\\+00:00");
                default -> value.isString();
            };
        }
    }

    /**
     * What its rules rest on in our records; it does not run here. The rules are those of its documentation, CREATE SOURCE: Kafka, "Upsert envelope" (the last
     * value of each key counts, and none takes the key away) and "Null keys" ("If a message with a NULL key is detected, Materialize
     * sets the source into an error state").
     */
    @Nested
    class Materialize {

        @Test
        void findsTheSameKeyInAllRecordsOfARow() {
            assertThat(List.of(read.key(), update.key(), lastDelete.key()))
                    .containsOnly("{\"order_id\" : 1, \"line\" : \"a\"}");
            assertThat(List.of(create.key(), delete.key(), tombstone.key())).containsOnly(create.key());
            assertThat(otherKey.key()).isNotEqualTo(create.key());
        }

        @Test
        void findsWhatTheViewAsksFor() {
            for (GoldenTopic message : List.of(read, create, update, extremes, otherKey)) {
                assertThat(event(message).path("op").asString()).isNotEqualTo("d");
                assertThat(event(message).path("after").propertyNames())
                        .contains("order_id", "line", "amount", "at", "doc");
            }
            assertThat(event(delete).path("op").asString()).isEqualTo("d");
        }

        @Test
        void findsNoValueInMarkersOfAKeyThatNoRowHasAndInTombstones() {
            assertThat(marker.value()).isNull();
            assertThat(topic.stream().filter(message -> marker.key().equals(message.key())))
                    .allMatch(message -> message.value() == null);
            assertThat(tombstone.value()).isNull();
        }

        @Test
        void findsNoKeyInTruncatesAlone() {
            assertThat(topic.stream().filter(message -> message.key() == null)).containsExactly(truncate);
        }
    }

    private static JsonNode event(GoldenTopic message) {
        return JsonMapper.shared().readTree(message.value());
    }

    private static JsonNode key(GoldenTopic message) {
        return JsonMapper.shared().readTree(message.key());
    }
}
