package dev.tidemark.producer.source;

import java.sql.SQLException;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/**
 * Brings the schema {@code cdc} of the source up to date, and the key of hashes with it, once in the life of the process and not before the source can be reached. Spring would do it before the
 * service starts, and so keep it from starting while the source is away.
 */
public final class SourceMigration {

    private final DataSource source;
    private final boolean enabled;
    private final HashKey hashKey;
    private final Flyway flyway;
    private boolean done;

    /** @param enabled whether to migrate; not where a DBA applies the migrations by hand */
    public SourceMigration(DataSource source, boolean enabled, HashKey hashKey) {
        this.source = source;
        this.enabled = enabled;
        this.hashKey = hashKey;
        this.flyway = Flyway.configure()
                .dataSource(source)
                .locations("classpath:db/source", "classpath:db/common")
                .defaultSchema("cdc")
                .table("schema_history")
                .failOnMissingLocations(true)
                .load();
    }

    /** Does nothing if it has succeeded before. */
    public void run() throws SQLException {
        if (!done) {
            if (enabled) {
                flyway.migrate();
            }
            hashKey.set(source);
            done = true;
        }
    }
}
