package dev.tidemark.quickstart;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Compares two tables row by row: a merge of both by key, which holds one row of each. */
final class TableDiff {

    private static final int KEPT = 20;

    private final Delays delays;
    private final List<Difference> first = new ArrayList<>();
    private long equal;
    private long different;

    private TableDiff(Delays delays) {
        this.delays = delays;
    }

    /** @param delays takes the rows that are equal */
    static Result compare(Rows source, Rows destination, Delays delays) throws SQLException {
        return new TableDiff(delays).merge(source, destination);
    }

    private Result merge(Rows source, Rows destination) throws SQLException {
        Row left = source.next();
        Row right = destination.next();
        while (left != null || right != null) {
            int order = order(left, right);
            Row here = order <= 0 ? left : null;
            Row there = order >= 0 ? right : null;
            pair(here, there);
            left = here != null ? source.next() : left;
            right = there != null ? destination.next() : right;
        }
        return new Result(equal, different, List.copyOf(first));
    }

    private static int order(@Nullable Row left, @Nullable Row right) {
        if (left == null || right == null) {
            return left == null ? 1 : -1;
        }
        return Row.compareKeys(left.key(), right.key());
    }

    private void pair(@Nullable Row here, @Nullable Row there) {
        if (here != null && there != null && here.text().equals(there.text())) {
            equal++;
            delays.add(here, there);
            return;
        }
        different++;
        if (first.size() < KEPT) {
            first.add(Difference.of(here, there));
        }
    }

    /**
     * @param equal rows
     * @param different rows, those that are at one side only included
     * @param first of the different ones
     */
    record Result(long equal, long different, List<Difference> first) {}

    /** @param source the row there, or null; {@code destination} likewise */
    record Difference(
            List<Long> key,
            @Nullable String source,
            @Nullable String destination) {

        private static Difference of(@Nullable Row here, @Nullable Row there) {
            return new Difference(
                    here != null ? here.key() : there != null ? there.key() : List.of(),
                    here == null ? null : here.text(),
                    there == null ? null : there.text());
        }
    }
}
