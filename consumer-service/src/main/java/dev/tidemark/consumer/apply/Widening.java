package dev.tidemark.consumer.apply;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which types hold all values of another one, just as they are. */
final class Widening {

    /** A name, up to two modifiers, and for times the rest of the name. */
    private static final Pattern TYPE =
            Pattern.compile("([a-z]+(?: [a-z]+)*)(?:\\((\\d+)(?:,(-?\\d+))?\\))?( with(?:out)? time zone)?");

    private static final List<String> INTEGERS = List.of("smallint", "integer", "bigint");

    /** Types whose modifier is a limit, and which without one have none. */
    private static final Map<String, String> LIMITED = Map.of(
            "character varying", "text",
            "bit varying", "bit varying",
            "time", "time",
            "timestamp", "timestamp",
            "interval", "interval");

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
            default -> limited(from, to, narrow, wide, unlimited);
        };
    }

    private static boolean limited(Matcher from, Matcher to, String narrow, String wide, boolean unlimited) {
        String limitless = LIMITED.get(family(narrow));
        if (limitless == null) {
            return false;
        }
        boolean same = narrow.equals(wide);
        return (same || wide.equals(limitless))
                && (unlimited || (same && from.group(2) != null && number(from, 2) <= number(to, 2)));
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

    private static String family(String name) {
        return name.startsWith("time") ? name.substring(0, name.indexOf(' ')) : name;
    }
}
