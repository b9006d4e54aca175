package dev.tidemark.migrations;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Statements that write their own table from inside: their transition tables tell an older state than what was logged in between. */
class SelfWritingStatementsIT {

    private final TestDatabase database = TestDatabase.source();
    private final Session session = database.session();

    @BeforeEach
    void createTable() {
        session.run(
                "CREATE TABLE t (id int PRIMARY KEY, v int)",
                "INSERT INTO t SELECT i, i FROM generate_series(1, 10) i");
    }

    @AfterEach
    void close() {
        session.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO t VALUES (60, 60), (61, 61)",
                "UPDATE t SET v = v + 100 WHERE id < 4",
                "UPDATE t SET id = id + 20 WHERE id < 4",
                "DELETE FROM t WHERE id < 4"
            })
    void rowTriggersThatWriteTheTable(String statement) {
        for (String inside : new String[] {
            "UPDATE t SET v = v * 5 WHERE id = coalesce(NEW.id, OLD.id)",
            "UPDATE t SET v = v + 1 WHERE id = coalesce(NEW.id, OLD.id) + 1",
            "DELETE FROM t WHERE id = coalesce(NEW.id, OLD.id) + 1",
            "DELETE FROM t WHERE id = coalesce(NEW.id, OLD.id)",
            "UPDATE t SET id = id + 100 WHERE id = coalesce(NEW.id, OLD.id)",
            "INSERT INTO t VALUES (coalesce(OLD.id, NEW.id) + 200, 0) ON CONFLICT (id) DO UPDATE SET v = -1",
            "INSERT INTO t VALUES (coalesce(OLD.id, NEW.id), 0) ON CONFLICT (id) DO UPDATE SET v = -1"
        }) {
            assertInSyncAfter(statement, trigger("AFTER", inside, "NULL"));
        }
        for (String inside : new String[] {
            "UPDATE t SET v = v + 1 WHERE id = 9",
            "DELETE FROM t WHERE id = 8",
            "INSERT INTO t VALUES (coalesce(OLD.id, NEW.id) + 200, 0)"
        }) {
            assertInSyncAfter(statement, trigger("BEFORE", inside, "coalesce(NEW, OLD)"));
        }
    }

    @Test
    void statementTriggersThatWriteTheTable() {
        for (String name : new String[] {"a_before_ours", "zzz_after_ours"}) {
            assertInSyncAfter("UPDATE t SET v = 0 WHERE id < 5", """
                    CREATE FUNCTION again() RETURNS trigger LANGUAGE plpgsql AS $$
                    BEGIN IF pg_trigger_depth() = 1 THEN UPDATE t SET v = v + 1; DELETE FROM t WHERE id = 2; INSERT INTO t VALUES (2, 22); END IF; RETURN NULL; END $$;
                    CREATE TRIGGER %s AFTER UPDATE ON t FOR EACH STATEMENT EXECUTE FUNCTION again()""".formatted(name));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "DEFERRABLE INITIALLY DEFERRED"})
    void cascadesThatChangeKeysOfTheirOwnTable(String deferred) {
        String setup = """
                CREATE TABLE tree (a int, b int, parent_a int, parent_b int, PRIMARY KEY (a, b),
                  FOREIGN KEY (parent_a, parent_b) REFERENCES tree ON UPDATE CASCADE ON DELETE CASCADE %s);
                INSERT INTO tree VALUES (1, 1, NULL, NULL), (1, 2, 1, 1), (1, 3, 1, 2), (2, 1, 1, 3)""".formatted(deferred);
        session.run(setup);
        Replay tree = Replay.track(session, "public.tree");
        session.run("UPDATE tree SET b = b + 10 WHERE a = 1");
        tree.assertInSync();
        session.run("DELETE FROM tree WHERE a = 1 AND b = 12");
        tree.assertInSync();

        session.run(
                "CREATE TABLE chain (id int PRIMARY KEY, v int, next int UNIQUE REFERENCES chain (id) ON UPDATE CASCADE %s)"
                        .formatted(deferred),
                "CREATE TABLE loops (id int PRIMARY KEY REFERENCES loops (other) ON UPDATE CASCADE %s, other int UNIQUE, v int)"
                        .formatted(deferred),
                "INSERT INTO chain VALUES (3, 0, NULL), (2, 0, 3), (1, 0, 2)",
                "INSERT INTO loops VALUES (1, 1, 0), (2, 2, 0)");
        Replay chain = Replay.track(session, "public.chain");
        Replay loops = Replay.track(session, "public.loops");
        session.run("UPDATE chain SET id = id + 10, v = 1", "UPDATE loops SET other = other + 10, v = 1");
        chain.assertInSync();
        loops.assertInSync();
    }

    @Test
    void functionsInSetAndReturning() {
        String function = """
                CREATE FUNCTION touch(target int) RETURNS int LANGUAGE plpgsql AS $$
                BEGIN UPDATE t SET v = v + 1000 WHERE id = target; INSERT INTO t VALUES (target + 500, 0) ON CONFLICT DO NOTHING; DELETE FROM t WHERE id = target + 1; RETURN 7; END $$""";
        assertInSyncAfter("UPDATE t SET v = touch(5) WHERE id = 1", function);
        assertInSyncAfter("UPDATE t SET v = 1 WHERE id < 4 RETURNING touch(id + 5)", function);
        assertInSyncAfter("UPDATE t SET v = 1 WHERE id IN (1, 3) RETURNING touch(id)", function);
        assertInSyncAfter("INSERT INTO t VALUES (70, 1) RETURNING touch(70)", function);
        assertInSyncAfter("DELETE FROM t WHERE id < 3 RETURNING touch(id + 4)", function);
        assertInSyncAfter(
                "WITH w AS (UPDATE t SET v = 2 WHERE id = 4 RETURNING id) SELECT touch(id), touch(8) FROM w", function);
    }

    @Test
    void triggersInsideTriggers() {
        assertInSyncAfter("UPDATE t SET v = 1 WHERE id = 1", """
                CREATE FUNCTION again() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN IF NEW.id < 6 THEN UPDATE t SET v = NEW.v + 1 WHERE id = NEW.id + 1; UPDATE t SET v = v + 10 WHERE id = 1; END IF; RETURN NULL; END $$;
                CREATE TRIGGER again AFTER UPDATE ON t FOR EACH ROW WHEN (pg_trigger_depth() < 6) EXECUTE FUNCTION again()""");
    }

    @Test
    void deferredTriggersThatWriteTheTable() {
        assertInSyncAfter(
                "BEGIN; UPDATE t SET v = 1; UPDATE t SET id = id + 30 WHERE id = 4; DELETE FROM t WHERE id = 6; COMMIT",
                """
                CREATE FUNCTION again() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE t SET v = v + 1 WHERE id = NEW.id; RETURN NULL; END $$;
                CREATE CONSTRAINT TRIGGER again AFTER UPDATE ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.v < 4) EXECUTE FUNCTION again()""");
    }

    private static String trigger(String time, String inside, String result) {
        return """
                CREATE FUNCTION again() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN %s; RETURN %s; END $$;
                CREATE TRIGGER again %s INSERT OR UPDATE OR DELETE ON t FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION again()""".formatted(inside, result, time);
    }

    private void assertInSyncAfter(String statement, String setup) {
        session.run("DROP TABLE IF EXISTS t", "DROP FUNCTION IF EXISTS again", "DROP FUNCTION IF EXISTS touch");
        createTable();
        session.run(setup);
        Replay t = Replay.track(session, "public.t");
        session.run(statement);
        t.assertInSync();
    }
}
