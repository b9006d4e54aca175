package dev.tidemark.producer.source;

import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/** Brings the schema {@code cdc} of the source up to date, once in the life of the process and not before the source can be reached. */
public final class SourceMigration {

    private final Flyway flyway;
    private boolean done;

    public SourceMigration(DataSource source) {
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
