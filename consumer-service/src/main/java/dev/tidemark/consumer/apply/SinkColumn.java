package dev.tidemark.consumer.apply;

import dev.tidemark.model.TableId;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A column of the destination.
 *
 * @param source its name at the source
 * @param type what text is cast to: the type without its length or precision, since a cast would cut a value to fit, silently
 * @param declared the type as declared, through any domains
 * @param rounding whether storing into the declared type may change a value without an error
 * @param maxLength the length of a varchar, or 0
 * @param filling where the column's values come from
 * @param order what its order depends on beside its type, as the markers of chunks have it; null if nothing
 */
record SinkColumn(
        String name,
        String source,
        String type,
        String declared,
        boolean rounding,
        int maxLength,
        Filling filling,
        @Nullable String order) {

    /** What the message begins with, and holds, that says that a value would be rounded. */
    static final String ROUNDED_VALUE = "a value of column ";

    static final String ROUNDED = " would be rounded to fit ";

    /** Where values come from. */
    enum Filling {
        /** From whoever writes the row. */
        GIVEN,
        /** The database computes them and takes no others. */
        COMPUTED,
        /** Whoever inserts the row may give one, with some emphasis; later ones come from the database alone. */
        IDENTITY
    }

    /** Types of which equal values are the same; of others, such as numeric, 1.0 and 1.00 are one key with two forms. */
    private static final Set<String> ONE_FORM = Set.of(
            "smallint",
            "integer",
            "bigint",
            "boolean",
            "text",
            "character varying",
            "uuid",
            "date",
            "timestamp without time zone",
            "timestamp with time zone",
            "bytea");

    /** Whether a row may take another form of this column's value and still have the same key. */
    boolean hasForms() {
        return filling == Filling.GIVEN && !ONE_FORM.contains(type);
    }

    String sql() {
        return TableId.quote(name);
    }

    /** Text as a value to compare the column with. */
    String cast(String text) {
        if (type.equals("regclass")) {
            return "regclassin(textout(" + text + "))"; // there is a cast from text too, which takes names only
        }
        return "CAST(" + text + " AS " + type + ")";
    }

    /**
     * Text as a value to store. The database's assignment refuses most of what does not fit, but it rounds numbers and times and cuts blanks; where it would,
     * this gives an error instead.
     */
    String exactly(String text) {
        if (maxLength > 0) {
            // Fails like a value that is too long, also if the column is wider by now: then it is looked at anew.
            // Bytes are counted first because that is cheaper.
            return "CAST(CASE WHEN octet_length(%1$s) > %2$d AND length(%1$s) > %2$d THEN CAST(varcharin(textout(repeat('x', %2$d + 1) || left(%1$s, 0)), 0, %2$d + 4) AS text) ELSE %1$s END AS %3$s)"
                    .formatted(text, maxLength, type);
        }
        if (rounding) {
            return "CASE WHEN CAST(CAST(%1$s AS %2$s) AS %3$s) IS DISTINCT FROM CAST(%1$s AS %2$s) THEN %4$s ELSE CAST(%1$s AS %2$s) END"
                    .formatted(text, type, declared, refusal(text));
        }
        return cast(text);
    }

    /** An expression of the type that fails with a message. It depends on the text, or the planner would evaluate it beforehand. */
    private String refusal(String text) {
        String message = ROUNDED_VALUE + sql() + ROUNDED + declared;
        return "CAST(CAST(CAST('%s' || left(%s, 0) AS integer) AS text) AS %s)"
                .formatted(message.replace("'", "''"), text, type);
    }
}
