package dev.tidemark.consumer.apply;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which types hold all values of another one, just as they are. */
final class Widening {

    /** A name, up to two modifiers, and for times the rest of the name. */
    private static final Pattern TYPE =
            Pattern.compile("([a-z]+(?: [a-z]+)*)(?:\\((\\d+)(?:,(-?\\d+))?\\))?( with(?:out)? time zone)?");

    private static final List<String> INTEGERS = List.of("smallint", "integer", "bigint");

    private Widening() {}

    /** @return whether each value of the one type is the same in the other; types are written as by {@code format_type} */
    static boolean holds(String from, String to) {
        Matcher narrow = TYPE.matcher(from);
        Matcher wide = TYPE.matcher(to);
        return from.equals(to) || (narrow.matches() && wide.matches() && holds(narrow, wide));
    }

    private static boolean holds(Matcher from, Matcher to) {
        String narrow = name(from);
        String wide = name(to);
        boolean unlimited = to.group(2) == null;
        int integer = INTEGERS.indexOf(narrow);
        if (integer >= 0) {
            return INTEGERS.indexOf(wide) > integer || (wide.equals("numeric") && unlimited);
        }
        return switch (narrow) {
            case "real" -> wide.equals("double precision");
            case "numeric" -> wide.equals("numeric") && (unlimited || (from.group(2) != null && digits(from, to)));
            case "text" -> wide.equals("character varying") && unlimited;
            case "character varying" -> wide.equals("text") || (wide.equals(narrow) && fits(from, to));
            case "bit varying",
                    "interval",
                    "time with time zone",
                    "time without time zone",
                    "timestamp with time zone",
                    "timestamp without time zone" -> wide.equals(narrow) && fits(from, to);
            default -> false;
        };
    }

    /** Of types whose modifier is a limit, and which without one have none. */
    private static boolean fits(Matcher from, Matcher to) {
        return to.group(2) == null || (from.group(2) != null && number(from, 2) <= number(to, 2));
    }

    private static boolean digits(Matcher from, Matcher to) {
        int scale = number(to, 3);
        return scale >= number(from, 3) && number(to, 2) - scale >= number(from, 2) - number(from, 3);
    }

    private static int number(Matcher type, int group) {
        return type.group(group) == null ? 0 : Integer.parseInt(type.group(group));
    }

    /** The whole name without modifiers. */
    private static String name(Matcher type) {
        return type.group(1) + (type.group(4) == null ? "" : type.group(4));
    }
}
