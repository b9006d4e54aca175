package dev.tidemark.consumer.apply;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the service does at the destination before it applies anything, as often as it takes: the schema {@code cdc}, and a look at what the role may do. */
public final class DestinationPreparation {

    private static final Logger log = LoggerFactory.getLogger(DestinationPreparation.class);

    private static final String STATE = "SELECT pg_is_in_recovery(), current_setting('server_encoding')";

    private final DataSource dataSource;
    private final boolean migrating;

    /** @param migrating whether to bring the schema up to date; not where a DBA applies the migrations by hand */
    public DestinationPreparation(DataSource dataSource, boolean migrating) {
        this.dataSource = dataSource;
        this.migrating = migrating;
    }

    /** Safe to repeat, also by several at once. */
    public void prepare() throws SQLException {
        check();
        if (migrating) {
            migrate();
        }
        try (Connection connection = dataSource.getConnection()) {
            if (!SessionSettings.isReplica(connection)) {
                log.warn(
                        "This role may not set session_replication_role, so foreign keys and triggers of the destination act on what is applied:"
                                + " rows may be refused that arrive before those they refer to, and triggers do their work twice if they also ran at the source."
                                + " From PostgreSQL 15 on: GRANT SET ON PARAMETER session_replication_role TO this role");
            }
        }
    }

    private void migrate() {
        Flyway.configure()
                .dataSource(dataSource)
                .locations("classpath:db/common", "classpath:db/destination")
                .defaultSchema("cdc")
                .table("schema_history")
                .load()
                .migrate();
    }

    /**
     * @throws SQLException if the destination is away, or cannot be written
     * @throws EnvironmentException if it lacks characters: what holds one of them could not even be kept as a dead letter
     */
    public void check() throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(STATE)) {
            row.next();
            if (row.getBoolean(1)) {
                throw new SQLException("The destination is a standby and cannot be written", "25006");
            }
            requireUtf8(row.getString(2));
        }
    }

    private static void requireUtf8(String encoding) {
        if (!encoding.equals("UTF8")) {
            throw new EnvironmentException(
                    "The destination is encoded in " + encoding + ", which does not have every character that may come:"
                            + " let spring.datasource.url lead to a database made with ENCODING 'UTF8' TEMPLATE template0");
        }
    }
}
