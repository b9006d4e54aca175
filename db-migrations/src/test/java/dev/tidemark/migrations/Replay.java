package dev.tidemark.migrations;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;

/** Applies the change log as a consumer would, and compares with the table: whatever the log says happened, this is what must come out. */
final class Replay {

    private final Session session;
    private final String table;
    private final int id;
    private final Map<String, String> rows = new TreeMap<>();
    private long last;

    private Replay(Session session, String table, int id) {
        this.session = session;
        this.table = table;
        this.id = id;
    }

    /** Tracks a table, and takes what it has as the copy to start with. */
    static Replay track(Session session, String table) {
        Replay replay = new Replay(session, table, session.track(table));
        replay.rows.putAll(replay.table());
        replay.last = Long.parseLong(session.value("SELECT coalesce(max(id), 0) FROM cdc.change_log"));
        return replay;
    }

    int id() {
        return id;
    }

    /** Applies what was logged since the last call. */
    void assertInSync() {
        apply();
        assertThat(rows).as("replayed log against %s", table).isEqualTo(table());
    }

    private void apply() {
        String sql = "SELECT id, op, key, data FROM cdc.change_log WHERE table_id = %d AND id > %d ORDER BY id"
                .formatted(id, last);
        try (Statement statement = session.connection().createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                last = row.getLong(1);
                apply(row.getString(2), row.getString(3), row.getString(4));
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private void apply(String op, String key, String data) {
        switch (op) {
            case "c", "u" -> rows.put(key, data);
            case "d" -> rows.remove(key);
            case "t" -> rows.clear();
            case "s" -> {}
            default -> throw new AssertionError("op " + op + " of " + key);
        }
    }

    /** Key and row of those rows that are captured, as the producer's snapshot reads them. */
    private Map<String, String> table() {
        session.run(
                "BEGIN",
                "SELECT set_config(name, value, true) FROM cdc.output_settings()",
                "SET LOCAL search_path = pg_catalog, pg_temp");
        String relation = session.value("SELECT relation FROM cdc.tracked_table WHERE id = " + id);
        String key = session.value("SELECT cdc.key_expression(relation) FROM cdc.tracked_table WHERE id = " + id);
        String data = session.value("SELECT cdc.row_expression(relation) FROM cdc.tracked_table WHERE id = " + id);
        String condition = session.value(
                "SELECT coalesce(cdc.row_condition(relation), 'true') FROM cdc.tracked_table WHERE id = " + id);
        Map<String, String> table = new TreeMap<>();
        try (Statement statement = session.connection().createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT %s, %s FROM %s t WHERE (%s)".formatted(key, data, relation, condition))) {
            while (row.next()) {
                table.put(row.getString(1), row.getString(2));
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        session.run("COMMIT");
        return table;
    }
}
