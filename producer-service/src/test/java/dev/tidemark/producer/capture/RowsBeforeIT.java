package dev.tidemark.producer.capture;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.producer.source.PgSnapshot;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Updates are published with the row before, of the tables for which that is chosen. */
class RowsBeforeIT {

    private static final int ROW_BYTES = 900_000;

    private final Workbench bench = new Workbench();

    @BeforeEach
    void createTable() throws SQLException {
        bench.migrate();
        bench.execute("CREATE TABLE items (id int PRIMARY KEY, v text)");
        bench.sql
                .sql("SELECT cdc.choose('items', '{\"before\": true}')")
                .query(Integer.class)
                .single();
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void areInTheEnvelopes() throws SQLException {
        bench.execute("INSERT INTO items VALUES (1, 'a')");
        try (Capture capture = bench.start("items")) {
            Workbench.drain(capture);
            bench.execute("UPDATE items SET v = 'b'; UPDATE items SET id = 2; DELETE FROM items");
            Workbench.drain(capture);
        }
        assertThat(bench.replica("items")).isEmpty();
        List<String> images = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : bench.records("items")) {
            if (record.value() != null) {
                String value = new String(record.value(), UTF_8);
                images.add(value.replaceFirst(",\"source\".*\"op\":\"(.)\".*", " $1"));
            }
        }
        assertThat(images)
                .containsExactly(
                        "{\"before\":null,\"after\":{\"id\":1,\"v\":\"a\"} r",
                        "{\"before\":{\"id\":1,\"v\":\"a\"},\"after\":{\"id\":1,\"v\":\"b\"} u",
                        "{\"before\":{\"id\":1,\"v\":\"b\"},\"after\":null d",
                        "{\"before\":null,\"after\":{\"id\":2,\"v\":\"b\"} c",
                        "{\"before\":{\"id\":2,\"v\":\"b\"},\"after\":null d");
    }

    /** The sizes on both sides of what is read at once, and of what goes into a message. */
    @Test
    void areLeftOutBeforeTheRowsThemselves() throws SQLException {
        List<int[]> sizes = List.of(
                new int[] {10, 20},
                new int[] {100_000, 10},
                new int[] {10, 100_000},
                new int[] {40_000, 40_000},
                new int[] {400_000, 400_000},
                new int[] {500_000, 500_000},
                new int[] {2_000_000, 10},
                new int[] {10, 2_000_000});
        List<String> expected = new ArrayList<>();
        String previous = snapshot();
        for (int i = 0; i < sizes.size(); i++) {
            int before = sizes.get(i)[0];
            int after = sizes.get(i)[1];
            bench.execute(
                    "INSERT INTO items VALUES (%d, repeat('a', %d)); UPDATE items SET v = repeat('b', %d) WHERE id = %1$d"
                            .formatted(i, before, after));
            expected.add("%d %d".formatted(after > ROW_BYTES ? 0 : after, before + after > ROW_BYTES ? 0 : before));
        }
        List<Page> pages = pages(previous, snapshot(), new PageLimits(5000, 1 << 30, ROW_BYTES));
        assertThat(pages).hasSize(1);
        assertThat(pages.get(0).changes())
                .extracting(logged -> Objects.requireNonNull(logged.change()))
                .filteredOn(change -> change.operation().code() == 'u')
                .extracting(change -> "%d %d".formatted(length(change.data(), 'b'), length(change.before(), 'a')))
                .isEqualTo(expected);
    }

    @Test
    void countForTheSizeOfPagesAndAreReadAgainAsTheyWere() throws SQLException {
        bench.execute("INSERT INTO items SELECT i, repeat('x', 10000) FROM generate_series(1, 60) i");
        String previous = snapshot();
        bench.execute("UPDATE items SET v = 'y' || id");
        String current = snapshot();
        List<Page> pages = pages(previous, current, new PageLimits(5000, 200_000, ROW_BYTES));
        assertThat(pages).hasSize(3);
        try (Connection connection = bench.source.getConnection()) {
            for (Page page : pages) {
                PageLimits whole = new PageLimits(page.changes().size(), Long.MAX_VALUE, ROW_BYTES);
                try (Tick again = tick(connection, previous, current, page.afterId(), page.endId(), whole)) {
                    assertThat(Objects.requireNonNull(again.next()).changes())
                            .usingRecursiveComparison()
                            .isEqualTo(page.changes());
                }
            }
        }
    }

    private String snapshot() {
        return bench.sql
                .sql("SELECT pg_current_snapshot()::text")
                .query(String.class)
                .single();
    }

    private List<Page> pages(String previous, String current, PageLimits limits) throws SQLException {
        List<Page> pages = new ArrayList<>();
        try (Connection connection = bench.source.getConnection();
                Tick tick = tick(connection, previous, current, 0, Long.MAX_VALUE, limits)) {
            for (Page page = tick.next(); page != null; page = tick.next()) {
                pages.add(page);
            }
        }
        return pages;
    }

    private static Tick tick(
            Connection connection, String previous, String current, long lastId, long endId, PageLimits limits) {
        return new Tick(connection, PgSnapshot.parse(previous), PgSnapshot.parse(current), lastId, endId, limits);
    }

    private static long length(byte @Nullable [] row, char of) {
        return row == null
                ? 0
                : new String(row, UTF_8)
                        .replaceFirst(".*\"v\":", "")
                        .chars()
                        .filter(c -> c == of)
                        .count();
    }
}
