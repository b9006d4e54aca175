package dev.tidemark.producer.snapshot;

import dev.tidemark.producer.source.TrackedTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What of a table is captured. Asked in the transaction that reads it, so that no row comes otherwise than was chosen last.
 *
 * @param expression SQL that makes the JSON of a row {@code t}, the same that the triggers use
 * @param condition SQL that tells of a row {@code t} whether it is captured
 * @param table SQL of what the rows are in: the table without those that inherit from it, whose changes the triggers do not see, but with its partitions
 */
record CapturedRows(String expression, String condition, String table) {

    private static final Pattern QUESTION_MARK = Pattern.compile("'[^']*'|\"[^\"]*\"|\\?");

    private static final String READ = """
            SELECT cdc.row_expression(c), coalesce(cdc.row_condition(c), 'true'), cdc.partitions(c) IS NULL
            FROM to_regclass(?) c
            """;

    static CapturedRows read(Connection connection, TrackedTable table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(READ)) {
            statement.setString(1, table.id().sql());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                String name = table.id().sql();
                return new CapturedRows(
                        row.getString(1), escaped(row.getString(2)), row.getBoolean(3) ? "ONLY " + name : name);
            }
        }
    }

    /** For the driver a question mark outside of quotes is a parameter, unless it stands there twice. */
    static String escaped(String condition) {
        return QUESTION_MARK
                .matcher(condition)
                .replaceAll(token -> token.group().equals("?") ? "??" : Matcher.quoteReplacement(token.group()));
    }
}
