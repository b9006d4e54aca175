package dev.tidemark.producer.source;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.stereotype.Component;

/** Looks at the change log as a whole, on a connection of the pool, in a few milliseconds whatever its size. */
@Component
public class LogReader {

    /** The index on xid leads to the oldest rows; without statistics the planner may not see that. */
    private static final String SETTINGS = "SET LOCAL statement_timeout = '5s'; SET LOCAL enable_seqscan = off";

    private static final String SIZES =
            "SELECT pg_total_relation_size(inhrelid) FROM pg_inherits WHERE inhparent = 'cdc.change_log'::regclass ORDER BY inhrelid";

    /** The oldest rows are among those of the oldest transactions. */
    private static final String OLDEST = """
            SELECT coalesce(date_part('epoch', clock_timestamp() - min(at)), 0)
            FROM (SELECT at FROM cdc.change_log ORDER BY xid LIMIT 100) oldest
            """;

    private final DataSource source;

    LogReader(DataSource source) {
        this.source = source;
    }

    public LogState read() throws SQLException {
        return Transaction.run(source, connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute(SETTINGS);
            }
            return new LogState(
                    sizes(connection), oldestSeconds(connection), OpenTransactions.writersOfTheLog(connection));
        });
    }

    private static List<Long> sizes(Connection connection) throws SQLException {
        List<Long> sizes = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(SIZES)) {
            while (row.next()) {
                sizes.add(row.getLong(1));
            }
        }
        return sizes;
    }

    private static double oldestSeconds(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(OLDEST)) {
            row.next();
            return row.getDouble(1);
        }
    }
}
