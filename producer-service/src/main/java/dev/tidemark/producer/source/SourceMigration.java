package dev.tidemark.producer.source;

import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/**
 * Brings the schema {@code cdc} of the source up to date, once in the life of the process and not before the source can be reached. Spring would do it before the
 * service starts, and so keep it from starting while the source is away.
 */
public final class SourceMigration {

    private final Flyway flyway;
    private boolean done;

    /** @param enabled whether to do anything; not where a DBA applies the migrations by hand */
    public SourceMigration(DataSource source, boolean enabled) {
        this.done = !enabled;
        this.flyway = Flyway.configure()
                .dataSource(source)
                .locations("classpath:db/source", "classpath:db/common")
                .defaultSchema("cdc")
                .table("schema_history")
                .failOnMissingLocations(true)
                .load();
    }

    /** Does nothing if it has succeeded before. */
    public void run() {
        if (!done) {
            flyway.migrate();
            done = true;
        }
    }
}
