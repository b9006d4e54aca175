package dev.tidemark.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The name of a table in its database, as the database spells it.
 *
 * @param schema the schema's name, unquoted and in the case that the database stores
 * @param name the table's name, likewise
 */
public record TableId(String schema, String name) implements Comparable<TableId> {

    /** The pipeline's own table, whose row goes the whole way every few seconds. */
    public static final TableId HEARTBEAT = new TableId("cdc", "heartbeat");

    /**
     * Reads a name as SQL does: unquoted parts fold to lower case, quoted parts stay as they are, and a name without a schema is in {@code public}.
     *
     * @throws IllegalArgumentException if the text is not one SQL name of one or two parts
     */
    public static TableId parse(String sqlName) {
        List<TableId> names = new Parser(sqlName, "no table name").list();
        if (names.size() != 1) {
            throw new IllegalArgumentException("'" + sqlName + "' is not the name of one table");
        }
        return names.get(0);
    }

    /**
     * Reads a comma-separated list of SQL names; a comma or dot inside of quotes belongs to the name.
     *
     * @throws IllegalArgumentException if an entry is not an SQL name of one or two parts; the message says where
     */
    public static List<TableId> parseList(String sqlNames) {
        return new Parser(sqlNames, "not a list of table names").list();
    }

    /** The identifier in double quotes, fit for any SQL statement. */
    public static String quote(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    /** The name as it can stand in any SQL statement: both parts quoted. */
    public String sql() {
        return quote(schema) + '.' + quote(name);
    }

    /** The name as a person writes it: parts are quoted only where SQL needs it. */
    @Override
    public String toString() {
        return plainOrQuoted(schema) + '.' + plainOrQuoted(name);
    }

    @Override
    public int compareTo(TableId other) {
        int bySchema = schema.compareTo(other.schema);
        return bySchema != 0 ? bySchema : name.compareTo(other.name);
    }

    private static String plainOrQuoted(String identifier) {
        return identifier.matches("[a-z_][a-z0-9_$]*") ? identifier : quote(identifier);
    }

    /** A cursor over the text of a list of names. */
    private static final class Parser {
        private final String text;
        private final String problem;
        private int at;

        /** @param problem what a text is that cannot be read */
        Parser(String text, String problem) {
            this.text = text;
            this.problem = problem;
        }

        List<TableId> list() {
            List<TableId> tables = new ArrayList<>();
            do {
                skipBlanks();
                if (at < text.length() && text.charAt(at) != ',') {
                    tables.add(table());
                }
            } while (skip(','));
            if (at < text.length()) {
                throw notAName(at);
            }
            return List.copyOf(tables);
        }

        private TableId table() {
            String first = identifier();
            TableId table = skip('.') ? new TableId(first, identifier()) : new TableId("public", first);
            skipBlanks();
            return table;
        }

        private String identifier() {
            skipBlanks();
            int from = at;
            String identifier = skip('"') ? quoted(from) : unquoted();
            if (identifier.isEmpty()) {
                throw notAName(from);
            }
            return identifier;
        }

        private String unquoted() {
            int from = at;
            while (at < text.length() && isPlain(text.charAt(at))) {
                at++;
            }
            return text.substring(from, at).toLowerCase(Locale.ROOT);
        }

        private static boolean isPlain(char c) {
            return Character.isLetterOrDigit(c) || c == '_' || c == '$';
        }

        private String quoted(int from) {
            StringBuilder identifier = new StringBuilder();
            while (at < text.length()) {
                char c = text.charAt(at++);
                if (c != '"') {
                    identifier.append(c);
                } else if (!skip('"')) {
                    return identifier.toString();
                } else {
                    identifier.append('"');
                }
            }
            throw notAName(from);
        }

        private boolean skip(char c) {
            if (at < text.length() && text.charAt(at) == c) {
                at++;
                return true;
            }
            return false;
        }

        private void skipBlanks() {
            while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
                at++;
            }
        }

        private IllegalArgumentException notAName(int position) {
            return new IllegalArgumentException("'" + text + "' is " + problem
                    + ": write schema.table, with double quotes where SQL needs them (at position " + (position + 1)
                    + ")");
        }
    }
}
