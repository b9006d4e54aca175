package dev.tidemark.test;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A type with the values that are hardest to carry.
 *
 * @param type as a column is declared
 * @param values SQL expressions; NULL comes by itself
 * @param since the first version of PostgreSQL, as its major number, that has the type or these values
 * @param extension what the type comes with, or empty
 */
record TypeCase(String type, List<String> values, int since, String extension) {

    /** @param values the texts of values */
    static TypeCase of(String type, String... values) {
        return new TypeCase(type, Stream.of(values).map(TypeCase::quoted).toList(), 0, "");
    }

    /** @param expressions of values whose text cannot stand here */
    TypeCase or(String... expressions) {
        List<String> all = new ArrayList<>(values);
        all.addAll(List.of(expressions));
        return new TypeCase(type, all, since, extension);
    }

    TypeCase since(int version) {
        return new TypeCase(type, values, version, extension);
    }

    TypeCase from(String comesWith) {
        return new TypeCase(type, values, since, comesWith);
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    /** A value as an SQL expression of the type; NULL after the last. */
    String value(int index) {
        return index < values.size() ? cast(values.get(index)) : "NULL";
    }

    private String cast(String expression) {
        return "CAST(%s AS %s)".formatted(expression, type.replaceFirst(" COLLATE .*", ""));
    }

    /** A value from its text; the cast to regclass takes names alone. */
    String read(String text) {
        return type.equals("regclass") ? "regclassin(textout(%s))".formatted(text) : cast(text);
    }

    @Override
    public String toString() {
        return type
                + (this == Types.LARGE ? " of 8 MB" : "")
                + (since > 0 ? " (PostgreSQL %d)".formatted(since) : "")
                + (extension.isEmpty() ? "" : " (%s)".formatted(extension));
    }
}
