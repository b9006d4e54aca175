package dev.tidemark.consumer.apply;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.consumer.Events;
import dev.tidemark.model.ChangeEvent;
import dev.tidemark.model.Marker.ChunkStart;
import dev.tidemark.model.Partitioning;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is about a range of rows or about all of them, in a topic with several partitions. */
class ShareIT {

    private static final int PARTITIONS = 3;
    private static final Partitioning BY_ID = new Partitioning(PARTITIONS, Map.of("id", "integer"));

    @RegisterExtension
    static final TestDestination destination = TestDestination.create();

    private final Events people = Events.of("people");

    @BeforeEach
    void reset() {
        destination.execute(
                "DROP TABLE IF EXISTS people",
                // Another type than the source's, of the same text.
                "CREATE TABLE people (id numeric(10,2) PRIMARY KEY, name text CHECK (name <> 'bad'))",
                "INSERT INTO people SELECT i, 'old' FROM generate_series(1, 20) i");
    }

    private Batches partition(int number) {
        return new Batches(destination, destination.sink(false), "t", new Share(number, BY_ID));
    }

    private static String key(int id) {
        return "{\"id\" : " + id + "}";
    }

    private static boolean isOf(int partition, int id) {
        return new Share(partition, BY_ID).has(key(id));
    }

    private static List<Integer> ids(Function<Integer, Boolean> wanted) {
        return IntStream.rangeClosed(1, 20).boxed().filter(wanted::apply).toList();
    }

    private static List<String> rows() {
        return destination.rows("SELECT trim_scale(id), name FROM people ORDER BY id");
    }

    private ChangeEvent read(long sequence, int id) {
        return people.read(sequence, key(id), "{'id':" + id + ",'name':'new'}");
    }

    @Test
    void ofAChunkAreTheRowsOfItsPartition() {
        List<Integer> own = ids(id -> isOf(1, id) && id > 5);
        assertThat(own).hasSizeGreaterThan(2);
        ChunkStart start = people.chunk(1, key(5), null);
        partition(1).chunk(start, read(2, own.get(0))).apply();
        assertThat(rows())
                .containsExactlyElementsOf(ids(id -> !own.contains(id) || id.equals(own.get(0))).stream()
                        .map(id -> id + (id.equals(own.get(0)) ? "|new" : "|old"))
                        .toList());
    }

    @Test
    void goneWithATruncateAreTheRowsOfItsPartition() {
        partition(2).changes(people.truncate(1)).apply();
        assertThat(rows()).hasSize(ids(id -> !isOf(2, id)).size());
        partition(0).changes(people.truncate(1)).apply();
        partition(1).changes(people.truncate(1)).apply();
        assertThat(rows()).isEmpty();
    }

    @Test
    void supersedesTheDeadLettersOfItsPartition() {
        for (int number = 0; number < PARTITIONS; number++) {
            int partition = number;
            int id = ids(any -> isOf(partition, any)).get(0);
            partition(number)
                    .changes(people.upsert(1, key(id), "{'id':" + id + ",'name':'bad'}"))
                    .apply();
        }
        assertThat(openLetters()).containsExactly("0", "1", "2");
        partition(1).changes(people.truncate(2)).apply();
        assertThat(openLetters()).containsExactly("0", "2");
        partition(2).chunk(people.chunk(2, null, null)).apply();
        assertThat(openLetters()).containsExactly("0");
    }

    private static List<String> openLetters() {
        return destination.rows("SELECT partition FROM cdc.dead_letter WHERE state = 'open' ORDER BY 1");
    }

    @Test
    void ofEveryKindOfKeyAreToldByTheTextThatTheSourceWrites() {
        Map<String, String> types = Map.ofEntries(
                Map.entry("numeric", "1.50"),
                Map.entry("double precision", "-0"),
                Map.entry("real", "0.1"),
                Map.entry("text", "a \"b\" \\ é\n"),
                Map.entry("bytea", "\\xdeadbeef"),
                Map.entry("bit", "1"),
                Map.entry("boolean", "t"),
                Map.entry("timestamp with time zone", "2024-02-29 23:59:59.123456+05"),
                Map.entry("timestamp without time zone", "infinity"),
                Map.entry("date", "0044-03-15 BC"),
                Map.entry("uuid", "0b7e8b1e-6c1f-4c4e-8f0e-3b5f1c1d2e3f"),
                Map.entry("inet", "10.0.0.0/8"),
                Map.entry("\"char\"", "x"),
                Map.entry("money", "1234.5"));
        Map<String, String> texts = Map.ofEntries(
                Map.entry("numeric", "1.5"),
                Map.entry("double precision", "0"),
                Map.entry("real", "0.1"),
                Map.entry("text", "\"a \\\"b\\\" \\\\ é\\n\""),
                Map.entry("bytea", "\"\\\\xdeadbeef\""),
                Map.entry("bit", "\"1\""),
                Map.entry("boolean", "true"),
                Map.entry("timestamp with time zone", "\"2024-02-29T18:59:59.123456+00:00\""),
                Map.entry("timestamp without time zone", "\"infinity\""),
                Map.entry("date", "\"0044-03-15 BC\""),
                Map.entry("uuid", "\"0b7e8b1e-6c1f-4c4e-8f0e-3b5f1c1d2e3f\""),
                Map.entry("inet", "\"10.0.0.0/8\""),
                Map.entry("\"char\"", "\"x\""),
                Map.entry("money", "\"$1,234.50\""));
        Map<String, Long> deleted = types.keySet().stream()
                .collect(toMap(Function.identity(), type -> deletedByTheirOwn(type, types.get(type), texts.get(type))));
        assertThat(deleted).allSatisfy((type, rows) -> assertThat(rows).isOne());
    }

    /** How many rows the truncate of the one partition deletes that the key belongs to, and no other. */
    private long deletedByTheirOwn(String type, String value, String text) {
        destination.execute(
                "DROP TABLE people",
                "CREATE TABLE people (id " + type + " PRIMARY KEY)",
                "INSERT INTO people VALUES ('" + value.replace("'", "''") + "')");
        // So many that a wrong text hardly ever belongs to the same.
        Partitioning many = new Partitioning(100_000, Map.of("id", type));
        int own = many.partitionOf(Events.utf8("{\"id\" : " + text + "}"));
        new Batches(destination, destination.sink(false), "t", new Share(own, many))
                .changes(people.truncate(1))
                .apply();
        return 1 - destination.rows("SELECT FROM people").size();
    }
}
