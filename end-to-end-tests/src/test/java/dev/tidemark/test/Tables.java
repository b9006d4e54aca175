package dev.tidemark.test;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.core.ConditionTimeoutException;

/** Compares tables of the source and of the destination, row by row and to the last byte of their text. */
final class Tables {

    private static final Duration PATIENCE = Duration.ofSeconds(180);
    private static final int SHOWN = 10;
    private static final int FETCH_ROWS = 5_000;

    /** Cheap enough to be asked again and again while the destination catches up. */
    private static final String DIGEST =
            "SELECT count(*) || ' rows, ' || coalesce(sum(hashtextextended(t::text, 0)), 0) FROM %s t";

    private static final String ROWS = "SELECT t::text FROM %s t ORDER BY t::text COLLATE \"C\"";

    private Tables() {}

    /** Waits until the destination has caught up with a source that is no longer written, and compares all rows. */
    static void assertEqual(Pipeline pipeline, String... tables) {
        for (String table : tables) {
            assertEqual(pipeline, table);
        }
    }

    private static void assertEqual(Pipeline pipeline, String table) {
        String digest = DIGEST.formatted(table);
        String wanted = pipeline.source().value(digest);
        try {
            Await.until(
                    "equal tables",
                    PATIENCE,
                    () -> wanted.equals(pipeline.destination().value(digest)));
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(
                    "%s differs after %s%s".formatted(table, PATIENCE, differences(pipeline, table)), e);
        }
        String differences = differences(pipeline, table);
        if (!differences.isEmpty()) {
            throw new AssertionError(table + " differs" + differences);
        }
    }

    /** The first rows that only one side has; empty if there are none. */
    private static String differences(Pipeline pipeline, String table) {
        List<String> found = new ArrayList<>();
        try (Connection source = pipeline.source().connect();
                Connection destination = pipeline.destination().connect();
                ResultSet left = rows(source, table);
                ResultSet right = rows(destination, table)) {
            String ours = next(left);
            String theirs = next(right);
            while (found.size() < SHOWN && (ours != null || theirs != null)) {
                int order = ours == null ? 1 : theirs == null ? -1 : compareBytes(ours, theirs);
                if (order != 0) {
                    found.add(order < 0 ? "\n  only at the source: " + ours : "\n  only at the destination: " + theirs);
                }
                ours = order <= 0 ? next(left) : ours;
                theirs = order >= 0 ? next(right) : theirs;
            }
        } catch (SQLException e) {
            throw new IllegalStateException("could not compare " + table + ": " + e.getMessage(), e);
        }
        return String.join("", found);
    }

    private static ResultSet rows(Connection connection, String table) throws SQLException {
        connection.setAutoCommit(false);
        Statement statement = connection.createStatement();
        statement.closeOnCompletion();
        statement.setFetchSize(FETCH_ROWS);
        return statement.executeQuery(ROWS.formatted(table));
    }

    private static String next(ResultSet rows) throws SQLException {
        return rows.next() ? rows.getString(1) : null;
    }

    /** As COLLATE "C" does: UTF-8 sorts by code points, Java's strings do not. */
    private static int compareBytes(String left, String right) {
        return java.util.Arrays.compareUnsigned(
                left.getBytes(java.nio.charset.StandardCharsets.UTF_8),
                right.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
}
