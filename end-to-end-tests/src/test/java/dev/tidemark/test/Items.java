package dev.tidemark.test;

/**
 * Tables whose rows know their order: every write gives a row the next number of a sequence as its version, under a lock of the row's key. So the versions of a
 * key grow in the order of the commits, also over deletes and inserts, and whoever applies an older state after a newer one is found out.
 */
final class Items {

    static final String TABLE = "public.item";

    /** Keys below are for workloads, keys from here on for single rows that a test writes. */
    private static final long FIRST_PROBE = 1_000_000_000;

    /** Leaves small numbers to tests that name their rows themselves. */
    private static final long FIRST_VERSION = 1_000;

    private static final String COLUMNS = """
            (id bigint PRIMARY KEY, version bigint NOT NULL, name text, amount numeric(14,4), flag boolean, changed_at timestamptz)""";

    private Items() {}

    /** Makes an empty table on both sides, with an audit at the destination. */
    static AppliedAudit create(Pipeline pipeline, String table) {
        pipeline.onBoth("CREATE TABLE " + table + " " + COLUMNS);
        pipeline.source().execute("CREATE SEQUENCE " + table + "_version START " + FIRST_VERSION);
        return AppliedAudit.install(pipeline.destination(), table);
    }

    /** A statement that inserts rows with ids 1 to {@code rows}. */
    static String fill(String table, int rows) {
        return """
                INSERT INTO %1$s
                SELECT n, nextval('%1$s_version'), 'item ' || n, n / 7.0, n %% 3 = 0, clock_timestamp() FROM generate_series(1, %2$d) n
                """.formatted(table, rows);
    }

    /** A statement that inserts the row with an id that no workload uses. */
    static String insert(String table, long number) {
        return "INSERT INTO %1$s (id, version, name) VALUES (%2$d, nextval('%1$s_version'), 'probe')"
                .formatted(table, FIRST_PROBE + number);
    }

    /** Whether the row that {@link #insert} wrote is there. */
    static boolean has(TestDatabase database, String table, long number) {
        return database.number("SELECT count(*) FROM %s WHERE id = %d".formatted(table, FIRST_PROBE + number)) == 1;
    }

    /** Writes a row at the source and waits until it has come to the destination: changes flow. */
    static void awaitFlow(Pipeline pipeline, String table) {
        long number = pipeline.source().number("SELECT nextval('" + table + "_version')");
        pipeline.source().execute(insert(table, number));
        Await.until("flow of " + table, () -> has(pipeline.destination(), table, number));
    }
}
