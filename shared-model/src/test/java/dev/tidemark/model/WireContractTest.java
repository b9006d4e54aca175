package dev.tidemark.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds the writer and the reader of events to the same golden files. */
class WireContractTest {

    private static final TableId EMPLOYEES = new TableId("public", "employees");
    private static final byte[] KEY = "{\"emp_id\":42}".getBytes(UTF_8);
    private static final byte[] ROW =
            "{\"emp_id\":42,\"first_name\":\"Zoë \\\"Z\\\"\",\"dob\":\"1990-02-28\",\"salary\":123456789012345678901234567890.10,\"city\":null}"
                    .getBytes(UTF_8);
    private static final long AT = 1_795_000_000_123_456L;
    private static final long SENT = 1_795_000_000_130L;
    private static final long SEQUENCE = Sequence.startOf(3) + 17;

    private static final Pattern ENVELOPE = Pattern.compile(
            "\\{\"before\":(?<before>.*),\"after\":(?<after>.*),\"source\":\\{\"version\".*\"changeId\":(?<changeId>\\d+)}.*");

    private final EnvelopeWriter writer = new EnvelopeWriter("1.2.3", "shop", "source \"db\"", EMPLOYEES);
    private final EventReader reader = new EventReader();

    @ParameterizedTest
    @CsvSource({"CREATE,create", "UPDATE,update", "DELETE,delete", "READ,read", "TRUNCATE,truncate"})
    void writesTheGoldenBytes(Operation operation, String file) throws IOException {
        assertThat(new String(writer.write(change(operation, 0), SEQUENCE, SENT), UTF_8))
                .isEqualTo(golden(file));
    }

    @ParameterizedTest
    @CsvSource({"CREATE,create", "UPDATE,update", "DELETE,delete", "READ,read"})
    void readsTheGoldenBytes(Operation operation, String file) throws IOException {
        ChangeEvent event = reader.read(KEY, golden(file).getBytes(UTF_8));

        assertThat(event.operation()).isEqualTo(operation);
        assertThat(event.table()).isEqualTo(EMPLOYEES);
        assertThat(event.key()).isEqualTo(new RowKey("{\"emp_id\":42}"));
        assertThat(event.sequence()).isEqualTo(SEQUENCE);
        assertThat(event.changedAtMicros()).isEqualTo(AT);
        Row row = Objects.requireNonNull(event.row());
        assertThat(row.columns().names()).containsExactly("emp_id", "first_name", "dob", "salary", "city");
        assertThat(row.value("first_name")).isEqualTo("Zoë \"Z\"");
        assertThat(row.value("salary")).isEqualTo("123456789012345678901234567890.10");
        assertThat(row.value("city")).isNull();
    }

    @Test
    void readsATruncateWithoutKey() throws IOException {
        ChangeEvent event = reader.read(null, golden("truncate").getBytes(UTF_8));
        assertThat(event.operation()).isEqualTo(Operation.TRUNCATE);
        assertThat(event.row()).isNull();
    }

    /** Records of a real topic, which end-to-end tests hold the producer and other readers to. */
    @Test
    void writesAndReadsTheGoldenTopic() throws IOException {
        EnvelopeWriter orders = new EnvelopeWriter("1.0.0", "shop", "shop", new TableId("public", "orders"));
        int events = 0;
        for (String line : resource("topic.tsv").split("\n")) {
            String[] record = line.split("\t");
            Matcher envelope = ENVELOPE.matcher(record[1]);
            if (envelope.matches()) {
                events++;
                ChangeEvent event = reader.read(
                        record[0].equals("-") ? null : record[0].getBytes(UTF_8), record[1].getBytes(UTF_8));
                boolean deleted = event.operation() == Operation.DELETE;
                byte @Nullable [] row = json(envelope.group(deleted ? "before" : "after"));
                byte @Nullable [] before = deleted ? null : json(envelope.group("before"));
                long changeId = Long.parseLong(envelope.group("changeId"));
                Change change = new Change(
                        event.operation(), row, before, event.transactionId(), changeId, event.changedAtMicros(), 0);
                assertThat(new String(orders.write(change, event.sequence(), 1_795_000_000_123L), UTF_8))
                        .isEqualTo(record[1]);
            }
        }
        assertThat(events).isEqualTo(8);
    }

    private static byte @Nullable [] json(String text) {
        return text.equals("null") ? null : text.getBytes(UTF_8);
    }

    @Test
    void writesTheRowBeforeAnUpdateAndReadsTheOneAfterIt() {
        byte[] before = "{\"emp_id\":42,\"first_name\":\"Zoë\",\"gone\":true}".getBytes(UTF_8);
        byte[] value = writer.write(new Change(Operation.UPDATE, ROW, before, 7, 8, AT, 0), SEQUENCE, SENT);
        assertThat(new String(value, UTF_8))
                .startsWith("{\"before\":" + new String(before, UTF_8) + ",\"after\":" + new String(ROW, UTF_8) + ",");
        ChangeEvent event = reader.read(KEY, value);
        Row row = Objects.requireNonNull(event.row());
        assertThat(row.columns().names()).containsExactly("emp_id", "first_name", "dob", "salary", "city");
        assertThat(row.value("first_name")).isEqualTo("Zoë \"Z\"");
    }

    @Test
    void saysThatARowWasLeftOut() {
        Change omitted = new Change(Operation.UPDATE, null, 7, 8, AT, 99_000_000);
        ChangeEvent event = reader.read(KEY, writer.write(omitted, SEQUENCE, SENT));
        assertThat(event.omittedBytes()).isEqualTo(99_000_000);
        assertThat(event.row()).isNull();
    }

    @Test
    void sharesTheShapeOfRowsThatHaveTheSame() {
        Columns first = Objects.requireNonNull(read(ROW).row()).columns();
        Columns second = Objects.requireNonNull(read(ROW).row()).columns();
        assertThat(second).isSameAs(first);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"a\":1}",
                "{\"a\":1,\"b\":null,\"c\":\"x\",\"d\":4,\"e\":5,\"f\":6,\"g\":7,\"h\":8,\"i\":9,\"j\":10}",
                "{\"b\":1,\"a\":2}"
            })
    void followsAShapeThatChangesFromRowToRow(String row) {
        read(ROW);
        Row changed = Objects.requireNonNull(read(row.getBytes(UTF_8)).row());
        assertThat(changed.columns().names()).hasSize(row.equals("{}") ? 0 : row.split(",").length);
        assertThat(Objects.requireNonNull(read(ROW).row()).value("dob")).isEqualTo("1990-02-28");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{",
                "{\"after\":{\"a\":1}}",
                "{\"op\":\"x\"}",
                "{\"before\":null,\"after\":{\"a\":{}},\"source\":{\"schema\":\"s\",\"table\":\"t\",\"sequence\":1},\"op\":\"c\"}",
                "{\"before\":null,\"after\":null,\"source\":{\"schema\":\"s\",\"table\":\"t\",\"sequence\":1},\"op\":\"c\"}",
                "{\"before\":null,\"after\":{\"a\":1},\"source\":{\"schema\":\"s\",\"table\":\"t\",\"sequence\":\"1x\"},\"op\":\"c\"}",
                "{\"before\":null,\"after\":{\"a\":1"
            })
    void refusesWhatIsNoEvent(String value) {
        assertThatThrownBy(() -> reader.read(KEY, value.getBytes(UTF_8))).isInstanceOf(UndecodableException.class);
    }

    @Test
    void readsNumbersAndTextsOfAnyLength() {
        String digits = "9".repeat(131_072) + "." + "1".repeat(16_383);
        String text = "x".repeat(101_000_000);
        Row row = Objects.requireNonNull(
                read("{\"n\":%s,\"t\":\"%s\"}".formatted(digits, text).getBytes(UTF_8))
                        .row());
        assertThat(row.value("n")).isEqualTo(digits);
        assertThat(row.value("t")).hasSize(text.length());
    }

    @Test
    void refusesAChangeOfARowWithoutKey() throws IOException {
        byte[] value = golden("create").getBytes(UTF_8);
        assertThatThrownBy(() -> reader.read(null, value))
                .isInstanceOf(UndecodableException.class)
                .hasMessageContaining("needs a key");
    }

    @Test
    void readsTheColumnsOfAKey() {
        Row key = reader.columns(new RowKey("{\"order_id\":7,\"line\":\"a\"}"));
        assertThat(key.columns().names()).containsExactly("order_id", "line");
        assertThat(key.value("order_id")).isEqualTo("7");
        assertThatThrownBy(() -> reader.columns(new RowKey("[1]"))).isInstanceOf(UndecodableException.class);
    }

    @Test
    void writesAndReadsMarkers() throws IOException {
        Marker start = new Marker.ChunkStart(
                SEQUENCE,
                "public",
                "employees",
                new RowKey("{\"emp_id\":5}"),
                null,
                List.of(new Marker.ColumnType("emp_id", "integer", true, false, 1, 1)),
                Map.of());
        Marker end = new Marker.ChunkEnd(SEQUENCE + 1, 10);

        assertThat(new String(MarkerCodec.write(start), UTF_8)).isEqualTo(golden("chunk-start"));
        assertThat(MarkerCodec.read(golden("chunk-start").getBytes(UTF_8))).isEqualTo(start);
        assertThat(MarkerCodec.read(MarkerCodec.write(end))).isEqualTo(end);
        Marker change = new Marker.SchemaChange(
                SEQUENCE,
                "public",
                "employees",
                List.of(new Marker.ColumnType("emp_id", "integer", true, false, 1, 1)),
                List.of(new Marker.ColumnType("emp_no", "bigint", true, false, 1, 1)));
        assertThat(new String(MarkerCodec.write(change), UTF_8)).isEqualTo(golden("schema-change"));
        assertThat(MarkerCodec.read(golden("schema-change").getBytes(UTF_8))).isEqualTo(change);
        assertThatThrownBy(() -> MarkerCodec.read("{\"kind\":\"other\"}".getBytes(UTF_8)))
                .isInstanceOf(UndecodableException.class);
    }

    @Test
    void readsColumnsOfOlderVersionsWithoutTheirNumber() throws IOException {
        String older = golden("chunk-start").replace(",\"number\":1", "");
        assertThat(((Marker.ChunkStart) MarkerCodec.read(older.getBytes(UTF_8))).columns())
                .containsExactly(new Marker.ColumnType("emp_id", "integer", true, false, 1, 0));
    }

    @Test
    void sequencesOfALaterEpochAreAboveAllOfAnEarlierOne() {
        long last = Sequence.startOf(4) - 1;
        assertThat(Sequence.epochOf(last)).isEqualTo(3);
        assertThat(Sequence.epochOf(Sequence.startOf(4))).isEqualTo(4);
    }

    private ChangeEvent read(byte[] row) {
        return reader.read(KEY, writer.write(new Change(Operation.UPDATE, row, 7, 8, AT, 0), SEQUENCE, SENT));
    }

    private static Change change(Operation operation, long omitted) {
        return new Change(operation, operation == Operation.TRUNCATE ? null : ROW, 1234, 5678, AT, omitted);
    }

    private static String golden(String name) throws IOException {
        return resource(name + ".json");
    }

    private static String resource(String name) throws IOException {
        try (InputStream file =
                Objects.requireNonNull(WireContractTest.class.getResourceAsStream("/golden/" + name), name)) {
            return new String(file.readAllBytes(), UTF_8).strip();
        }
    }
}
