package dev.tidemark.migrations;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Changes that are not captured are noticed. */
class MissedChangesIT {

    private static final String MISSED =
            "SELECT table_name, cause, count(*) FROM cdc.missed_change m JOIN cdc.tracked_table t ON t.id = m.table_id GROUP BY 1, 2 ORDER BY 1, 2";
    private static final String REPLICA = "rows were written with session_replication_role = replica";

    private final TestDatabase database = TestDatabase.source();
    private final Session session = database.session();

    @BeforeEach
    void track() {
        session.run("SET lock_timeout = '5s'");
        session.run("CREATE TABLE t (id int PRIMARY KEY, v text); CREATE TABLE other (id int PRIMARY KEY)");
        session.track("t");
        session.track("other");
    }

    @AfterEach
    void close() {
        session.close();
    }

    private void asReplica(String... statements) {
        try (Session replica = database.session()) {
            replica.run("SET session_replication_role = replica").run(statements);
        }
    }

    @Test
    void ordinaryWritesLeaveNoTrace() {
        session.run(
                "INSERT INTO t SELECT g FROM generate_series(1, 9) g",
                "UPDATE t SET v = 'x'",
                "DELETE FROM t WHERE id = 1",
                "TRUNCATE t");
        assertThat(session.rows(MISSED)).isEmpty();
        assertThat(session.value("SELECT count(*) FROM cdc.change_log")).isEqualTo("20");
    }

    @Test
    void writesAsReplicaAreNoticedOnceInATransaction() {
        asReplica(
                "BEGIN; INSERT INTO t SELECT g FROM generate_series(1, 9) g; UPDATE t SET v = 'x'; INSERT INTO other VALUES (1); INSERT INTO t VALUES (0); COMMIT",
                "DELETE FROM t WHERE id = 1",
                "TRUNCATE t");
        assertThat(session.rows(MISSED)).containsExactly("other|" + REPLICA + "|1", "t|" + REPLICA + "|3");
        assertThat(session.value("SELECT count(*) FROM cdc.change_log")).isEqualTo("0");
    }

    @Test
    void whatIsRolledBackIsForgotten() {
        asReplica(
                "BEGIN; INSERT INTO other VALUES (1); ROLLBACK",
                "BEGIN; SAVEPOINT s; INSERT INTO t VALUES (1); ROLLBACK TO s; INSERT INTO t VALUES (2); COMMIT");
        assertThat(session.rows(MISSED)).containsExactly("t|" + REPLICA + "|1");
    }

    @Test
    void writersAsReplicaDoNotWaitForEachOther() {
        try (Session first = database.session()) {
            first.run("SET session_replication_role = replica", "BEGIN", "INSERT INTO t VALUES (1)");
            asReplica("SET lock_timeout = '1s'; INSERT INTO t VALUES (2)");
        }
    }

    @Test
    void triggersThatFireAlwaysCaptureSuchWrites() {
        session.run("ALTER TABLE t ENABLE ALWAYS TRIGGER zz_cdc_insert, ENABLE ALWAYS TRIGGER zz_cdc_update,"
                + " ENABLE ALWAYS TRIGGER zz_cdc_delete");
        asReplica("INSERT INTO t VALUES (1)");
        assertThat(session.rows(MISSED)).as("TRUNCATE would be missed").hasSize(1);
        session.run("DELETE FROM cdc.missed_change; ALTER TABLE t ENABLE ALWAYS TRIGGER zz_cdc_truncate");
        String tracked = session.value("SELECT tracked_at FROM cdc.tracked_table WHERE table_name = 't'");
        session.track("t");
        asReplica("INSERT INTO t VALUES (2); TRUNCATE t");
        assertThat(session.rows(MISSED)).isEmpty();
        assertThat(session.rows("SELECT op FROM cdc.change_log ORDER BY id")).containsExactly("c", "c", "t");
        assertThat(session.value("SELECT tracked_at FROM cdc.tracked_table WHERE table_name = 't'"))
                .isEqualTo(tracked);
    }

    @Test
    void gapIsNotedWhenTriggersArePutOnAgain() {
        session.run("ALTER TABLE t DISABLE TRIGGER zz_cdc_update; DROP TRIGGER zz_cdc_delete ON t");
        session.track("t");
        assertThat(session.rows(MISSED)).containsExactly("t|it had no enabled trigger for update, delete|1");
        session.track("t");
        session.run("ALTER TABLE t ADD COLUMN more int");
        session.track("t");
        assertThat(session.rows(MISSED)).hasSize(1);
    }

    @Test
    void tablesOfEarlierVersionsAreWatchedAfterTheNextTrack() {
        session.run("DROP FUNCTION cdc.bypass_1 CASCADE");
        String tracked = session.value("SELECT tracked_at FROM cdc.tracked_table WHERE table_name = 't'");
        assertThat(session.rows("SELECT table_name FROM cdc.outdated()")).containsExactly("t");
        session.track("t");
        assertThat(session.rows("SELECT table_name FROM cdc.outdated()")).isEmpty();
        asReplica("INSERT INTO t VALUES (1)");
        assertThat(session.rows(MISSED)).hasSize(1);
        assertThat(session.value("SELECT tracked_at FROM cdc.tracked_table WHERE table_name = 't'"))
                .as("there was no gap")
                .isEqualTo(tracked);
    }

    @Test
    void tableInUseIsWatchedLater() {
        session.run(
                "CREATE TABLE busy (id int PRIMARY KEY, t int REFERENCES other DEFERRABLE INITIALLY DEFERRED); INSERT INTO other VALUES (1)",
                "BEGIN; INSERT INTO busy VALUES (1, 1); SELECT cdc.track('busy'); COMMIT");
        assertThat(session.rows("SELECT table_name FROM cdc.outdated()")).containsExactly("busy");
        session.run("INSERT INTO busy VALUES (2, 1)");
        assertThat(session.value("SELECT count(*) FROM cdc.change_log WHERE table_id = 3"))
                .isEqualTo("1");
        session.track("busy");
        assertThat(session.rows("SELECT table_name FROM cdc.outdated()")).isEmpty();
    }

    @Test
    void writersOfATableThatIsCapturedDoNotWaitForTheWatch() {
        session.run("DROP FUNCTION cdc.bypass_1 CASCADE");
        try (Session writer = database.session()) {
            writer.run("BEGIN", "INSERT INTO t VALUES (1)");
            session.track("t");
            assertThat(session.rows("SELECT table_name FROM cdc.outdated()")).containsExactly("t");
            writer.run("COMMIT");
        }
        session.track("t");
        assertThat(session.rows("SELECT table_name FROM cdc.outdated()")).isEmpty();
    }

    @Test
    void untrackingTakesTheWatchOff() {
        asReplica("INSERT INTO t VALUES (1)");
        session.run("SELECT cdc.untrack('t')");
        asReplica("INSERT INTO t VALUES (2)");
        assertThat(session.rows("SELECT * FROM cdc.missed_change")).isEmpty();
        assertThat(session.value("SELECT count(*) FROM pg_trigger WHERE tgrelid = 't'::regclass"))
                .isEqualTo("0");
    }

    @Test
    void roleThatDoesNotOwnTheTableTracksIt() {
        String role = TestDatabase.role("service");
        TestDatabase empty = TestDatabase.empty();
        try (Session owner = empty.session();
                Session service = empty.session(role)) {
            owner.run(
                    "CREATE SCHEMA cdc AUTHORIZATION " + role,
                    "CREATE TABLE t (id int PRIMARY KEY)",
                    "GRANT SELECT, TRIGGER ON t TO " + role);
            empty.migrate(role, "cdc", "classpath:db/source");
            service.track("t");
            assertThat(service.rows("SELECT table_name FROM cdc.outdated()")).isEmpty();
            owner.run("SELECT cdc.watch('t')", "SET session_replication_role = replica", "INSERT INTO t VALUES (1)");
            assertThat(service.rows("SELECT cause FROM cdc.missed_change")).hasSize(1);
            service.run("SELECT cdc.untrack('t')");
        }
    }

    @Test
    void alteredTablesAreKnownWithoutALock() {
        String altered = "SELECT table_name FROM cdc.tracked_table WHERE cdc.is_altered(relation, id)";
        assertThat(session.rows(altered)).isEmpty();
        try (Session owner = database.session()) {
            owner.run("BEGIN; LOCK TABLE t");
            assertThat(session.rows(altered)).isEmpty();
            owner.run("ALTER TABLE t ALTER COLUMN v TYPE varchar(9); COMMIT");
        }
        assertThat(session.rows(altered)).containsExactly("t");
        session.track("t");
        assertThat(session.rows(altered)).isEmpty();
        session.run("ALTER TABLE t RENAME TO u");
        assertThat(session.rows(altered)).containsExactly("t");
        session.track("u");
        session.run("ALTER TABLE u DROP CONSTRAINT t_pkey");
        assertThat(session.rows(altered)).containsExactly("u");
    }
}
