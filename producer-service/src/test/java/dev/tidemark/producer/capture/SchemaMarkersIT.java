package dev.tidemark.producer.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.model.EventReader;
import dev.tidemark.model.Marker;
import dev.tidemark.model.Marker.ColumnType;
import dev.tidemark.model.MarkerCodec;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A table that is altered while its changes are published: the stream says so before the first event of the new shape. */
class SchemaMarkersIT {

    private static final String COPY_AT = "SELECT copy_at IS NOT NULL FROM cdc.tracked_table";

    private final Workbench bench = new Workbench();
    private final EventReader reader = new EventReader();

    @BeforeEach
    void createTable() {
        bench.execute("CREATE TABLE items(id int PRIMARY KEY, v text); INSERT INTO items VALUES (1, 'a')");
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void theMarkerStandsBetweenTheEventsOfTheTwoShapes() throws SQLException {
        try (Capture capture = bench.start("items")) {
            Workbench.drain(capture);
            bench.execute(
                    "INSERT INTO items VALUES (2, 'b'); ALTER TABLE items RENAME v TO w; INSERT INTO items VALUES (3, 'c')");
            bench.execute("INSERT INTO items VALUES (4, 'd')");
            Workbench.drain(capture);
        }
        assertThat(stream())
                .startsWith("chunk-start", "id,v", "chunk-end", "id,v", "change", "id,w", "id,w")
                .as("the new copy that a rename calls for")
                .endsWith("chunk-start", "id,w", "id,w", "id,w", "id,w", "chunk-end");
        Marker.SchemaChange change = changes(0).get(0);
        ColumnType id = new ColumnType("id", "integer", true, false, 1, 1);
        assertThat(change.tableId().toString()).isEqualTo("public.items");
        assertThat(change.before()).containsExactly(id, new ColumnType("v", "text", false, false, 0, 2));
        assertThat(change.columns()).containsExactly(id, new ColumnType("w", "text", false, false, 0, 2));
    }

    @Test
    void isToldAlsoOfATableThatNobodyWrites() throws SQLException {
        try (Capture capture = bench.start("items")) {
            Workbench.drain(capture);
            bench.execute("ALTER TABLE items ADD x int");
            Workbench.drain(capture);
            Workbench.drain(capture);
        }
        assertThat(changes(0)).hasSize(1);
        assertThat(stream()).containsExactly("chunk-start", "id,v", "chunk-end", "change");
    }

    @Test
    void aPageThatIsSentAgainHasTheSameMarkers() throws SQLException {
        bench.execute("INSERT INTO items SELECT g, 'x' FROM generate_series(2, 200) g");
        bench.pageRows = 40;
        try (Capture capture = bench.start("items")) {
            Workbench.drain(capture);
            bench.execute("ALTER TABLE items ADD x int");
            for (int id = 1; id <= 30; id++) {
                bench.execute("UPDATE items SET x = 1 WHERE id = " + id);
            }
            capture.step();
            capture.settle();
        }
        List<String> sent = numbered(); // a chunk of 200 rows, and the page
        try (Capture successor = bench.start("items")) {
            successor.settle();
        }
        List<String> all = numbered();
        assertThat(all.subList(sent.size(), all.size())).isEqualTo(sent.subList(202, sent.size()));
        assertThat(changes(0)).as("one for the first page, once more").hasSize(2);
    }

    @Test
    void theMarkerGoesToEachPartition() throws SQLException {
        bench.createTopic(bench.topic("items"), 3);
        try (Capture capture = bench.start("items")) {
            Workbench.drain(capture);
            bench.execute("ALTER TABLE items ADD x int; UPDATE items SET x = 1");
            Workbench.drain(capture);
        }
        Marker.SchemaChange first = changes(0).get(0);
        assertThat(changes(1).get(0)).isEqualTo(first);
        assertThat(changes(2).get(0)).isEqualTo(first);
    }

    @Test
    void aChunkHasNoColumnsOfWhichTheStreamHasNotTold() throws SQLException {
        bench.execute("INSERT INTO items SELECT g, 'x' FROM generate_series(2, 2500) g");
        try (Capture capture = bench.start("items")) {
            capture.step();
            bench.execute("ALTER TABLE items ALTER v TYPE varchar(40)");
            Workbench.drain(capture);
        }
        List<String> stream = stream();
        assertThat(stream.lastIndexOf("change"))
                .isBetween(stream.indexOf("chunk-end"), stream.lastIndexOf("chunk-start"));
        List<Marker.ChunkStart> chunks = markers(0).stream()
                .filter(Marker.ChunkStart.class::isInstance)
                .map(Marker.ChunkStart.class::cast)
                .toList();
        assertThat(chunks.get(0).columns()).extracting(ColumnType::type).containsExactly("integer", "text");
        assertThat(chunks.subList(1, chunks.size()))
                .allSatisfy(chunk -> assertThat(chunk.columns())
                        .extracting(ColumnType::type)
                        .containsExactly("integer", "character varying(40)"));
    }

    @Test
    void theBooksCountTheMarkersToo() throws SQLException {
        try (Capture capture = bench.start("items")) {
            Workbench.drain(capture);
            bench.execute("ALTER TABLE items ADD x int; UPDATE items SET x = 1; UPDATE items SET x = 2");
            Workbench.drain(capture);
            Workbench.drain(capture);
            long published = capture.rest().published().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            assertThat(published)
                    .isEqualTo(bench.sql
                            .sql("SELECT count(*) FROM cdc.change_log")
                            .query(Long.class)
                            .single());
        }
        assertThat(bench.sql.sql(COPY_AT).query(Boolean.class).single()).isFalse();
    }

    private List<String> stream() {
        return bench.records("items").stream().map(this::kind).toList();
    }

    private List<String> numbered() {
        return bench.records("items").stream()
                .map(record -> record.value() == null
                        ? kind(record) + " " + marker(record).sequence()
                        : kind(record) + " "
                                + reader.read(record.key(), record.value()).sequence())
                .toList();
    }

    private String kind(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() != null) {
            return String.join(
                    ",",
                    Objects.requireNonNull(
                                    reader.read(record.key(), record.value()).row())
                            .columns()
                            .names());
        }
        Marker marker = marker(record);
        return marker instanceof Marker.ChunkStart
                ? "chunk-start"
                : marker instanceof Marker.ChunkEnd ? "chunk-end" : "change";
    }

    private static Marker marker(ConsumerRecord<byte[], byte[]> record) {
        return MarkerCodec.read(record.headers().lastHeader(Marker.HEADER).value());
    }

    private List<Marker.SchemaChange> changes(int partition) {
        return markers(partition).stream()
                .filter(Marker.SchemaChange.class::isInstance)
                .map(Marker.SchemaChange.class::cast)
                .toList();
    }

    private List<Marker> markers(int partition) {
        return bench.records("items", partition).stream()
                .map(record -> record.headers().lastHeader(Marker.HEADER))
                .filter(Objects::nonNull)
                .map(Header::value)
                .map(MarkerCodec::read)
                .toList();
    }
}
