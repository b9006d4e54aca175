package dev.tidemark.migrations;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SlotsIT {

    private static final String WAITING =
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

    private final TestDatabase database = TestDatabase.source();
    private final Session session = database.session();
    private final String slot = session.value("SELECT (cdc.current_slot() + 2) % 4");
    private final String table = "cdc.change_log_" + slot;

    @BeforeEach
    void fillSlot() {
        session.run(write(10));
    }

    @AfterEach
    void close() {
        session.close();
    }

    @Test
    void truncatesASlotThatIsPublished() {
        assertThat(truncate(10)).isEqualTo("truncated|0|10");

        assertThat(session.value("SELECT count(*) FROM " + table)).isEqualTo("0");
        session.run(write(3));
        assertThat(truncate(13)).isEqualTo("truncated|10|3");
        assertThat(truncate(13)).isEqualTo("empty|13|0");
        assertThat(session.rows("SELECT truncated FROM cdc.log_slot WHERE slot = " + slot))
                .containsExactly("13");
    }

    @Test
    void notesTheLastIdThatItTookAway() {
        String last = session.value("SELECT max(id) FROM cdc.change_log");
        truncate(10);
        assertThat(session.value("SELECT truncated_to FROM cdc.log_slot WHERE slot = " + slot))
                .isEqualTo(last);
    }

    @Test
    void leavesTheLogToTheIncarnationThatHasTakenOver() {
        session.run("INSERT INTO cdc.producer (pipeline, epoch) VALUES ('p', 7)");
        assertThat(truncate(10, 6)).isEqualTo("superseded|0|10");
        assertThat(truncate(10, 7)).isEqualTo("truncated|0|10");
    }

    @Test
    void keepsASlotWhoseBooksAreWrong() {
        assertThat(truncate(11)).isEqualTo("mismatch|0|10");
        assertThat(truncate(9)).isEqualTo("mismatch|0|10");
        assertThat(session.value("SELECT count(*) FROM " + table)).isEqualTo("10");

        truncate(10);
        assertThat(truncate(11)).isEqualTo("mismatch|10|0");
    }

    @Test
    void keepsTheSlotsThatAreWrittenNowAndNext() {
        for (int ahead : new int[] {0, 1}) {
            assertThat(session.value(
                            "SELECT status FROM cdc.truncate_slot(((cdc.current_slot() + %d) %% 4)::smallint, pg_snapshot_xmax(pg_current_snapshot()), '{}', 0)"
                                    .formatted(ahead)))
                    .isEqualTo("current");
        }
    }

    @Test
    void emptiesThemWhereItIsAskedTo() {
        session.run("INSERT INTO cdc.change_log (table_id, op) VALUES (1, 'c')");
        String current = session.value("SELECT min(slot) FROM cdc.change_log WHERE slot <> " + slot);
        String everySlot = truncation(session.value("SELECT pg_current_snapshot()"), 1)
                .replaceFirst("\\(\\d::", "(" + current + "::")
                .replaceFirst("\\)$", ", every => true)");
        assertThat(session.value(everySlot)).isEqualTo("truncated|0|1");
    }

    @Test
    void keepsWhatTheOffsetHasNotPassed() {
        String offset = session.value("SELECT pg_current_snapshot()");
        session.run(write(1));
        assertThat(truncate(offset, 10)).isEqualTo("unconsumed|0|null");

        assertThat(truncate(11)).isEqualTo("truncated|0|11");
    }

    @Test
    void keepsWhatWasInProgressAtTheOffset() {
        try (Session writer = database.session()) {
            writer.run("BEGIN", write(1));
            session.run(write(1));
            String offset = session.value("SELECT pg_current_snapshot()");
            assertThat(truncate(offset, 11)).isEqualTo("busy|0|11");

            writer.run("COMMIT");
            assertThat(truncate(offset, 11)).isEqualTo("unconsumed|0|null");
            assertThat(truncate(12)).isEqualTo("truncated|0|12");
        }
    }

    @Test
    void doesNotWaitForAReader() {
        try (Session reader = database.session()) {
            reader.run("BEGIN", "SELECT FROM cdc.change_log LIMIT 1");
            session.run("SET statement_timeout = '3s'");
            assertThat(truncate(10)).isEqualTo("busy|0|10");
        }
    }

    /** A policy on the slot makes the count wait, with a snapshot that does not show what comes meanwhile. The other queries read without seqscan. */
    @Test
    void keepsARowThatCameBetweenTheCountAndTheLock() {
        String keeper = TestDatabase.role("keeper");
        session.run(
                "CREATE FUNCTION pause() RETURNS boolean LANGUAGE sql AS"
                        + " $$ SELECT current_setting('enable_seqscan') = 'off' OR pg_advisory_xact_lock_shared(1) IS NOT NULL $$",
                "ALTER TABLE %s ENABLE ROW LEVEL SECURITY".formatted(table),
                "CREATE POLICY pause ON %s USING (pause())".formatted(table),
                "GRANT USAGE ON SCHEMA cdc TO " + keeper,
                "GRANT ALL ON ALL TABLES IN SCHEMA cdc TO " + keeper,
                "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA cdc TO " + keeper,
                "BEGIN",
                "SELECT pg_advisory_xact_lock(1)");
        String offset = session.value("SELECT pg_current_snapshot()");
        try (Session retention = database.session(keeper);
                Session writer = database.session()) {
            CompletableFuture<String> status =
                    CompletableFuture.supplyAsync(() -> retention.value(truncation(offset, 10)));
            while (!status.isDone() && writer.value(WAITING).equals("0")) {
                // until the count waits
            }
            writer.run(write(1));
            session.run("COMMIT");
            assertThat(status.join()).isEqualTo("unconsumed|0|10");
        }
        assertThat(session.value("SELECT count(*) FROM " + table)).isEqualTo("11");
    }

    @Test
    void readsTheBooksAfterWhoIsEmptyingTheSlot() {
        String offset = session.value("SELECT pg_current_snapshot()");
        session.run("BEGIN");
        assertThat(truncate(offset, 10)).isEqualTo("truncated|0|10");
        try (Session second = database.session()) {
            CompletableFuture<String> status =
                    CompletableFuture.supplyAsync(() -> second.value(truncation(offset, 10)));
            String waiting =
                    "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = '%s'::regclass".formatted(table);
            while (!status.isDone() && session.value(waiting).equals("0")) {
                // until it has begun
            }
            session.run("COMMIT");
            assertThat(status.join()).isEqualTo("empty|10|0");
        }
    }

    @Test
    void asksForATransactionThatSeesWhatCameLast() {
        session.run("BEGIN ISOLATION LEVEL REPEATABLE READ");
        assertThat(session.failure("SELECT cdc.truncate_slot(0::smallint, '1', '{}', 0)")
                        .getSQLState())
                .isEqualTo("TM006");
    }

    private String write(int rows) {
        return "INSERT INTO cdc.change_log (slot, table_id, op) SELECT %s, 1, 'c' FROM generate_series(1, %d)"
                .formatted(slot, rows);
    }

    private String truncate(long expected) {
        return truncate(session.value("SELECT pg_current_snapshot()"), expected);
    }

    private String truncate(long expected, long epoch) {
        return session.value(truncation(session.value("SELECT pg_current_snapshot()"), expected)
                .replaceFirst("\\)$", ", " + epoch + ")"));
    }

    private String truncate(String offset, long expected) {
        return session.value(truncation(offset, expected));
    }

    private String truncation(String offset, long expected) {
        return "SELECT * FROM cdc.truncate_slot(%s::smallint, pg_snapshot_xmax('%s'), ARRAY(SELECT pg_snapshot_xip('%2$s')), %d)"
                .formatted(slot, offset, expected);
    }
}
