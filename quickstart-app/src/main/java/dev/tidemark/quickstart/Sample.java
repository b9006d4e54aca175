package dev.tidemark.quickstart;

import dev.tidemark.stack.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.flywaydb.core.Flyway;

/** The table {@code public.employees}. */
final class Sample {

    private static final int ROWS_AT_ONCE = 100_000;
    private static final String GENERATE = "SELECT sample.generate_employees(?)";

    private Sample() {}

    static void createTable(Database database) {
        Flyway.configure()
                .dataSource(database.jdbcUrl(), database.user(), database.password())
                .locations("classpath:db/sample")
                .defaultSchema("sample")
                .table("schema_history")
                .load()
                .migrate();
    }

    static void addRows(Database database, int rows, Console console) throws SQLException {
        try (Connection connection = database.connect();
                PreparedStatement generate = connection.prepareStatement(GENERATE)) {
            for (int done = 0; done < rows; done += Math.min(ROWS_AT_ONCE, rows - done)) {
                console.progress("%,d of %,d rows".formatted(done, rows));
                generate.setInt(1, Math.min(ROWS_AT_ONCE, rows - done));
                generate.execute();
            }
        }
    }
}
