package dev.tidemark.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.quickstart.TableDiff.Difference;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TableDiffTest {

    private final Delays delays = new Delays(1_000);

    @Test
    void findsNothingInEqualTables() throws SQLException {
        var result = TableDiff.compare(rows("1 a", "2 b"), rows("1 a", "2 b"), delays);
        assertThat(result.equal()).isEqualTo(2);
        assertThat(result.different()).isZero();
        assertThat(result.first()).isEmpty();
    }

    @Test
    void findsNothingInEmptyTables() throws SQLException {
        assertThat(TableDiff.compare(rows(), rows(), delays).different()).isZero();
    }

    @Test
    void findsMissingRows() throws SQLException {
        var result = TableDiff.compare(rows("1 a", "2 b", "3 c"), rows("2 b"), delays);
        assertThat(result.first())
                .containsExactly(new Difference(List.of(1L), "a", null), new Difference(List.of(3L), "c", null));
        assertThat(result.equal()).isEqualTo(1);
    }

    @Test
    void findsExtraRows() throws SQLException {
        var result = TableDiff.compare(rows("2 b"), rows("1 a", "2 b", "3 c"), delays);
        assertThat(result.first())
                .containsExactly(new Difference(List.of(1L), null, "a"), new Difference(List.of(3L), null, "c"));
    }

    @Test
    void findsDifferentRows() throws SQLException {
        var result = TableDiff.compare(rows("-1 (,)", "2 b"), rows("-1 (\"\",)", "2 b "), delays);
        assertThat(result.first())
                .containsExactly(
                        new Difference(List.of(-1L), "(,)", "(\"\",)"), new Difference(List.of(2L), "b", "b "));
    }

    @Test
    void countsAllButKeepsTwenty() throws SQLException {
        String[] many = IntStream.range(0, 50).mapToObj(key -> key + " x").toArray(String[]::new);
        var result = TableDiff.compare(rows(many), rows(), delays);
        assertThat(result.different()).isEqualTo(50);
        assertThat(result.first()).hasSize(20);
    }

    @Test
    void takesDelaysFromEqualRowsThatWereChanged() throws SQLException {
        Rows source = of(
                new Row(List.of(1L), "old", 999L),
                new Row(List.of(2L), "new", 1_000L),
                new Row(List.of(3L), "other", 1_000L));
        Rows destination = of(
                new Row(List.of(1L), "old", 900_000L),
                new Row(List.of(2L), "new", 3_000L),
                new Row(List.of(3L), "", 700_000L));
        TableDiff.compare(source, destination, delays);
        assertThat(delays.summary()).isEqualTo("p50 2.0 ms p99 2.0 ms");
    }

    private static Rows rows(String... keysAndTexts) {
        return of(Arrays.stream(keysAndTexts)
                .map(one -> one.split(" ", 2))
                .map(one -> new Row(List.of(Long.parseLong(one[0])), one[1], 0L))
                .toArray(Row[]::new));
    }

    private static Rows of(Row... rows) {
        Iterator<Row> iterator = Arrays.asList(rows).iterator();
        return () -> iterator.hasNext() ? iterator.next() : null;
    }
}
