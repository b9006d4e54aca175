package dev.tidemark.test;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A kind of table, or of statement.
 *
 * @param name what the row of the matrix is called
 * @param tables those to compare, as SQL writes their names
 * @param setup makes them at the source, with their first rows
 * @param statements each a transaction of its own
 * @param since the first version of PostgreSQL, as its major number, that knows them
 */
record TableCase(String name, List<String> tables, String setup, List<String> statements, int since) {

    private static final int COLUMNS = 1_000;

    static Stream<TableCase> all() {
        return Stream.concat(kinds(), writes());
    }

    private static Stream<TableCase> kinds() {
        return Stream.of(
                of("partitioned, by root and by partition, moved, truncated", "public.parted")
                        .after("""
                                CREATE TABLE parted (id int, region text, n int, PRIMARY KEY (id, region)) PARTITION BY LIST (region);
                                CREATE TABLE parted_eu (n int, region text NOT NULL, id int NOT NULL);
                                ALTER TABLE parted ATTACH PARTITION parted_eu FOR VALUES IN ('de', 'fr');
                                CREATE TABLE parted_us PARTITION OF parted FOR VALUES IN ('us') PARTITION BY RANGE (id);
                                CREATE TABLE parted_us_1 PARTITION OF parted_us FOR VALUES FROM (0) TO (1000);
                                CREATE TABLE parted_rest PARTITION OF parted DEFAULT;
                                INSERT INTO parted SELECT i, (ARRAY['de', 'fr', 'us', 'jp'])[i % 4 + 1], i FROM generate_series(1, 100) i
                                """)
                        .run(
                                "INSERT INTO parted VALUES (200, 'us', 1), (201, 'fr', 1), (202, 'xx', 1)",
                                "INSERT INTO parted_eu (id, region, n) VALUES (203, 'de', 2)",
                                "INSERT INTO parted_us VALUES (204, 'us', 2)",
                                "UPDATE parted SET region = 'us' WHERE id % 8 = 0",
                                "UPDATE parted_us_1 SET n = -n WHERE id < 20",
                                "UPDATE parted_us SET id = id + 500 WHERE id BETWEEN 20 AND 30",
                                "DELETE FROM parted_rest WHERE n < 50",
                                "TRUNCATE parted_eu",
                                "INSERT INTO parted VALUES (300, 'de', 3)"),
                of("partitions that come and go with their rows", "public.sliced")
                        .after("""
                                CREATE TABLE sliced (id int PRIMARY KEY, n int) PARTITION BY RANGE (id);
                                CREATE TABLE sliced_1 PARTITION OF sliced FOR VALUES FROM (0) TO (100);
                                CREATE TABLE sliced_2 PARTITION OF sliced FOR VALUES FROM (100) TO (200);
                                INSERT INTO sliced SELECT i, i FROM generate_series(0, 199, 3) i
                                """)
                        .run(
                                "CREATE TABLE sliced_3 (id int PRIMARY KEY, n int); INSERT INTO sliced_3 SELECT i, i FROM generate_series(200, 299) i",
                                "ALTER TABLE sliced ATTACH PARTITION sliced_3 FOR VALUES FROM (200) TO (300)",
                                "ALTER TABLE sliced DETACH PARTITION sliced_1",
                                "UPDATE sliced_1 SET n = 0",
                                "DROP TABLE sliced_2",
                                "CREATE TABLE sliced_4 PARTITION OF sliced FOR VALUES FROM (300) TO (400)",
                                "INSERT INTO sliced_4 VALUES (300, 1), (301, 1)",
                                "UPDATE sliced SET n = n + 1"),
                of("GENERATED ALWAYS AS IDENTITY, as key and beside it", "public.numbered")
                        .after(
                                "CREATE TABLE numbered (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, no bigint GENERATED ALWAYS AS IDENTITY, n int); INSERT INTO numbered (n) SELECT generate_series(1, 9)")
                        .run(
                                "INSERT INTO numbered (n) VALUES (1), (2)",
                                "UPDATE numbered SET no = DEFAULT WHERE n = 2",
                                "UPDATE numbered SET id = DEFAULT WHERE id = 3",
                                "INSERT INTO numbered OVERRIDING SYSTEM VALUE VALUES (1000, -1, 5)"),
                of("generated columns, stored", "public.computed")
                        .after(
                                "CREATE TABLE computed (id int PRIMARY KEY, net numeric, gross numeric GENERATED ALWAYS AS (net * 1.19) STORED, tags text[] GENERATED ALWAYS AS (ARRAY[net::text]) STORED); INSERT INTO computed SELECT i, i / 3.0 FROM generate_series(1, 9) i")
                        .run(
                                "INSERT INTO computed VALUES (10, 1.10)",
                                "UPDATE computed SET net = net + 1",
                                "UPDATE computed SET id = -id WHERE id < 3",
                                "DELETE FROM computed WHERE id = 9"),
                of("generated columns, virtual", "public.virtual")
                        .after(
                                "CREATE TABLE virtual (id int PRIMARY KEY, net int, gross int GENERATED ALWAYS AS (net * 2) VIRTUAL); INSERT INTO virtual SELECT i, i FROM generate_series(1, 9) i")
                        .run(
                                "INSERT INTO virtual VALUES (10, 1)",
                                "UPDATE virtual SET net = net + 1",
                                "DELETE FROM virtual WHERE id = 9")
                        .since(18),
                of("reserved words and quotes as names", "\"select\".\"from where\"")
                        .after(
                                "CREATE SCHEMA \"select\"; CREATE TABLE \"select\".\"from where\" (\"order\" int, \"it's \"\"x\"\"\" text, \"user\" text, t int, \"$1\" int, \"Ünï\" int, PRIMARY KEY (\"order\", \"it's \"\"x\"\"\")); INSERT INTO \"select\".\"from where\" VALUES (1, 'a', 'b', 1, 1, 1)")
                        .run(
                                "INSERT INTO \"select\".\"from where\" VALUES (2, 'a', 'b', 1, 1, 1)",
                                "UPDATE \"select\".\"from where\" SET \"user\" = 'me', \"order\" = \"order\" + 5",
                                "DELETE FROM \"select\".\"from where\" WHERE \"order\" = 7"),
                of(COLUMNS + " columns", "public.wide")
                        .after("CREATE TABLE wide (id int PRIMARY KEY, " + columns("c%d int")
                                + "); INSERT INTO wide (id, c1, c1000) VALUES (1, 1, 1000)")
                        .run(
                                "INSERT INTO wide SELECT i, i FROM generate_series(2, 50) i",
                                "UPDATE wide SET c500 = id, c1000 = -id",
                                "DELETE FROM wide WHERE id = 7"),
                of("columns that were dropped, and none but the key", "public.dropped", "public.bare")
                        .after(
                                "CREATE TABLE dropped (a int, id int PRIMARY KEY, b text, c int); ALTER TABLE dropped DROP a, DROP b; INSERT INTO dropped VALUES (1, 1); CREATE TABLE bare (id int PRIMARY KEY); INSERT INTO bare VALUES (1), (2)")
                        .run(
                                "INSERT INTO dropped VALUES (2, 2)",
                                "UPDATE dropped SET c = 3",
                                "INSERT INTO bare VALUES (3)",
                                "UPDATE bare SET id = id + 10",
                                "DELETE FROM bare WHERE id = 11"),
                of("row security", "public.guarded")
                        .after(
                                "CREATE TABLE guarded (id int PRIMARY KEY, owner text); ALTER TABLE guarded ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; CREATE POLICY own ON guarded USING (owner = current_user); INSERT INTO guarded VALUES (1, 'somebody'), (2, 'else')")
                        .run(
                                "INSERT INTO guarded VALUES (3, 'x')",
                                "UPDATE guarded SET owner = 'y' WHERE id < 3",
                                "DELETE FROM guarded WHERE id = 2"),
                of("triggers that write this table and others, nested", "public.account", "public.journal")
                        .after("""
                                CREATE TABLE account (id int PRIMARY KEY, balance int, changes int DEFAULT 0);
                                CREATE TABLE journal (id int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, account int, what text, seen boolean DEFAULT false);
                                CREATE FUNCTION journal() RETURNS trigger LANGUAGE plpgsql AS $$
                                BEGIN
                                  IF TG_TABLE_NAME = 'journal' THEN
                                    UPDATE account SET changes = changes + 1 WHERE id = NEW.account;
                                  ELSIF TG_OP = 'DELETE' OR NEW.balance IS DISTINCT FROM OLD.balance THEN
                                    INSERT INTO journal (account, what) VALUES (coalesce(NEW.id, OLD.id), TG_OP);
                                    UPDATE journal SET seen = true WHERE account = coalesce(NEW.id, OLD.id);
                                  END IF;
                                  RETURN NULL;
                                END $$;
                                CREATE TRIGGER journal AFTER UPDATE OR DELETE ON account FOR EACH ROW EXECUTE FUNCTION journal();
                                CREATE TRIGGER count AFTER INSERT ON journal FOR EACH ROW EXECUTE FUNCTION journal();
                                CREATE FUNCTION round_up() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.balance := NEW.balance + 1; RETURN NEW; END $$;
                                CREATE TRIGGER a_round BEFORE UPDATE ON account FOR EACH ROW WHEN (NEW.balance % 2 = 1) EXECUTE FUNCTION round_up();
                                INSERT INTO account SELECT i, 100 FROM generate_series(1, 10) i
                                """)
                        .run(
                                "UPDATE account SET balance = balance + id",
                                "DELETE FROM account WHERE id = 3",
                                "UPDATE account SET id = id + 1 WHERE id = 10",
                                "INSERT INTO account VALUES (20, 1); UPDATE account SET balance = 5 WHERE id = 20"));
    }

    private static Stream<TableCase> writes() {
        String plain =
                "CREATE TABLE %1$s (id int PRIMARY KEY, n int, v text); INSERT INTO %1$s SELECT i, i, 'v' FROM generate_series(1, 20) i";
        return Stream.of(
                of("TRUNCATE, CASCADE and RESTART IDENTITY", "public.parent", "public.child")
                        .after(
                                "CREATE TABLE parent (id int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, n int); CREATE TABLE child (id int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, parent int REFERENCES parent); INSERT INTO parent (n) SELECT generate_series(1, 9); INSERT INTO child (parent) SELECT generate_series(1, 9)")
                        .run(
                                "TRUNCATE parent RESTART IDENTITY CASCADE",
                                "INSERT INTO parent (n) VALUES (1), (2)",
                                "INSERT INTO child (parent) VALUES (1)",
                                "BEGIN; TRUNCATE parent, child; ROLLBACK",
                                "TRUNCATE child CONTINUE IDENTITY; INSERT INTO child (parent) VALUES (2)"),
                of("COPY", "public.copied")
                        .after(plain.formatted("copied"))
                        .run(
                                "COPY copied FROM PROGRAM 'for i in 101 102 103; do echo $i,$i,\"x y\"; done' (FORMAT csv)"),
                of("MERGE", "public.merged")
                        .after(plain.formatted("merged"))
                        .run(
                                "MERGE INTO merged t USING generate_series(15, 25) s(id) ON t.id = s.id WHEN MATCHED AND t.id < 18 THEN DELETE WHEN MATCHED THEN UPDATE SET n = -n, id = t.id + 100 WHEN NOT MATCHED THEN INSERT VALUES (s.id, 0, 'new')")
                        .since(15),
                of("ON CONFLICT", "public.upserted")
                        .after(plain.formatted("upserted"))
                        .run(
                                "INSERT INTO upserted SELECT i, 0, 'new' FROM generate_series(15, 25) i ON CONFLICT (id) DO UPDATE SET n = upserted.n + 1, v = excluded.v WHERE upserted.id <> 17",
                                "INSERT INTO upserted VALUES (1, 9, 'x'), (30, 9, 'x') ON CONFLICT DO NOTHING"),
                of("WITH that writes several tables", "public.hot", "public.cold")
                        .after(plain.formatted("hot") + "; " + plain.formatted("cold") + "; DELETE FROM cold")
                        .run(
                                "WITH moved AS (DELETE FROM hot WHERE id < 5 RETURNING *), kept AS (INSERT INTO cold SELECT * FROM moved RETURNING id), renewed AS (UPDATE hot SET v = 'kept' WHERE id > 15 RETURNING id) INSERT INTO hot SELECT id + 100, 0, 'again' FROM kept"),
                of("foreign keys that cascade", "public.owner", "public.owned", "public.leaf")
                        .after(
                                "CREATE TABLE owner (id int PRIMARY KEY); CREATE TABLE owned (id int PRIMARY KEY REFERENCES owner ON UPDATE CASCADE ON DELETE CASCADE, n int); CREATE TABLE leaf (id int PRIMARY KEY, owned int DEFAULT 1 REFERENCES owned ON UPDATE CASCADE ON DELETE SET NULL); INSERT INTO owner SELECT generate_series(1, 9); INSERT INTO owned SELECT i, i FROM generate_series(1, 9) i; INSERT INTO leaf SELECT i, i FROM generate_series(1, 9) i")
                        .run("UPDATE owner SET id = id + 10 WHERE id > 5", "DELETE FROM owner WHERE id IN (1, 2, 16)"),
                of("functions, procedures and DO", "public.called")
                        .after(
                                plain.formatted("called")
                                        + "; CREATE FUNCTION raise(who int) RETURNS int LANGUAGE sql AS 'UPDATE called SET n = n + 1 WHERE id = who RETURNING n'; CREATE PROCEDURE tidy() LANGUAGE plpgsql AS $$ BEGIN DELETE FROM called WHERE id = 1; COMMIT; INSERT INTO called VALUES (1, 1, 'back'); COMMIT; END $$")
                        .run(
                                "SELECT raise(id) FROM called WHERE id < 9",
                                "CALL tidy()",
                                "DO $$ BEGIN FOR i IN 1..50 LOOP BEGIN INSERT INTO called VALUES (i, 0, 'do'); EXCEPTION WHEN unique_violation THEN UPDATE called SET v = 'do' WHERE id = i; END; END LOOP; END $$"),
                of("rules and views", "public.seen")
                        .after(
                                plain.formatted("seen")
                                        + "; CREATE VIEW half AS SELECT * FROM seen WHERE id % 2 = 0; CREATE RULE soft AS ON DELETE TO half DO INSTEAD UPDATE seen SET v = 'gone' WHERE id = OLD.id")
                        .run(
                                "UPDATE half SET n = n + 5",
                                "DELETE FROM half WHERE id < 10",
                                "INSERT INTO half VALUES (40, 1, 'by view')"),
                of("savepoints and rollbacks", "public.undone")
                        .after(plain.formatted("undone"))
                        .run(
                                "BEGIN; UPDATE undone SET n = 1 WHERE id = 1; SAVEPOINT a; UPDATE undone SET n = 2; DELETE FROM undone WHERE id = 2; ROLLBACK TO a; UPDATE undone SET n = 3 WHERE id = 3; COMMIT",
                                "BEGIN; DELETE FROM undone; ROLLBACK"));
    }

    private static String columns(String pattern) {
        return IntStream.rangeClosed(1, COLUMNS)
                .mapToObj(pattern::formatted)
                .reduce((a, b) -> a + ", " + b)
                .orElseThrow();
    }

    private static TableCase of(String name, String... tables) {
        return new TableCase(name, List.of(tables), "", List.of(), 0);
    }

    private TableCase after(String sql) {
        return new TableCase(name, tables, sql, statements, since);
    }

    private TableCase run(String... sql) {
        return new TableCase(name, tables, setup, List.of(sql), since);
    }

    private TableCase since(int version) {
        return new TableCase(name, tables, setup, statements, version);
    }
}
