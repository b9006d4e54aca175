package dev.tidemark.producer.source;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

/** The source's notes that changes of a table were not captured, so that the destination lacks them until a copy that began afterwards is complete. */
public final class MissedChanges {

    private static final String BEGIN =
            "UPDATE cdc.missed_change SET copying = true WHERE table_id = ? AND NOT copying";
    /** What was logged before says nothing of the rows as they are now. */
    private static final String END = """
            WITH ended AS (DELETE FROM cdc.missed_change WHERE table_id = ? AND copying RETURNING table_id)
            UPDATE cdc.tracked_table SET unchanged_from = nextval('cdc.change_log_id') WHERE id IN (SELECT table_id FROM ended)
            """;

    private static final String LEAVE = "UPDATE cdc.missed_change SET copying = false WHERE table_id = ? AND copying";

    private static final String PRUNE = """
            DELETE FROM cdc.missed_change m WHERE EXISTS (
              SELECT FROM cdc.missed_change o WHERE (o.table_id, o.cause, o.copying) = (m.table_id, m.cause, m.copying) AND o.id > m.id)
            """;

    private MissedChanges() {}

    /** To be called before anything of the copy is read: it will have what is noted now. */
    public static void copyBegins(Connection connection, int table) throws SQLException {
        execute(connection, BEGIN, table);
    }

    /** To be called when Kafka has all of the copy. */
    public static void copyEnds(Connection connection, int table) throws SQLException {
        execute(connection, END, table);
    }

    /** To be called when no copy is under way, since it was left before its end. */
    public static void copyIsLeft(Connection connection, int table) throws SQLException {
        execute(connection, LEAVE, table);
    }

    /** Of the same cause one note is enough, and each transaction may have left one. */
    public static void prune(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(PRUNE);
        }
    }

    private static void execute(Connection connection, String sql, int table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setInt(1, table);
            statement.execute();
        }
    }
}
