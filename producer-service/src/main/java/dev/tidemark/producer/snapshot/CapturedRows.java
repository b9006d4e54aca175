package dev.tidemark.producer.snapshot;

import dev.tidemark.producer.source.TrackedTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * What of a table is captured. Asked in the transaction that reads it, so that no row comes otherwise than was chosen last.
 *
 * @param expression SQL that makes the JSON of a row {@code t}, the same that the triggers use
 * @param condition SQL that tells of a row {@code t} whether it is captured
 */
record CapturedRows(String expression, String condition) {

    private static final String READ =
            "SELECT cdc.row_expression(c), coalesce(cdc.row_condition(c), 'true') FROM to_regclass(?) c";

    static CapturedRows read(Connection connection, TrackedTable table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(READ)) {
            statement.setString(1, table.id().sql());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return new CapturedRows(row.getString(1), row.getString(2));
            }
        }
    }
}
