package dev.tidemark.test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Watches an {@linkplain Items item table} of the destination: a trigger that no replication role switches off notes every row that is written. The last state
 * of a table can be right by luck; this shows what was done on the way.
 */
final class AppliedAudit {

    private static final String INSTALL = """
            CREATE TABLE %1$s_history (n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, op text, id bigint, version bigint);
            CREATE FUNCTION %1$s_note() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF TG_OP <> 'INSERT' THEN
                INSERT INTO %1$s_history (op, id, version) SELECT 'removed', OLD.id, OLD.version WHERE TG_OP = 'DELETE' OR OLD.id <> NEW.id;
              END IF;
              IF TG_OP <> 'DELETE' THEN
                INSERT INTO %1$s_history (op, id, version) VALUES ('written', NEW.id, NEW.version);
              END IF;
              RETURN NULL;
            END $$;
            CREATE TRIGGER zz_note AFTER INSERT OR UPDATE OR DELETE ON %1$s FOR EACH ROW EXECUTE FUNCTION %1$s_note();
            ALTER TABLE %1$s ENABLE ALWAYS TRIGGER zz_note;
            """;

    private static final String WRONG = """
            SELECT format('id %%s: version %%s after %%s (entry %%s)', id, version, previous, n)
            FROM (SELECT *, max(version) OVER (PARTITION BY id ORDER BY n ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS previous
                  FROM %s_history WHERE op = 'written') written
            WHERE version %s previous ORDER BY n LIMIT 10
            """;

    private final TestDatabase destination;
    private final String table;

    private AppliedAudit(TestDatabase destination, String table) {
        this.destination = destination;
        this.table = table;
    }

    static AppliedAudit install(TestDatabase destination, String table) {
        destination.execute(INSTALL.formatted(table));
        return new AppliedAudit(destination, table);
    }

    /** How many rows were written or removed so far. */
    long writes() {
        return destination.number("SELECT count(*) FROM " + table + "_history");
    }

    /** No state of a row was applied twice, and none after a newer one. */
    void assertOnceAndInOrder() {
        assertThat(destination.column(WRONG.formatted(table, "<=")))
                .as("rows of %s that were applied twice or out of order", table)
                .isEmpty();
    }

    /** For a table whose snapshots were taken while it was written: they may bring a row as it is, but never as it was. */
    void assertInOrder() {
        assertThat(destination.column(WRONG.formatted(table, "<")))
                .as("rows of %s that went back", table)
                .isEmpty();
    }
}
