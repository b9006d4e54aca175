package dev.tidemark.web;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a request. One that is unknown is an error: a filter with a typing error in its name would match everything, and with one in {@code dry-run} it
 * would be done.
 */
public final class QueryParameters {

    private final Map<String, String[]> parameters;

    private QueryParameters(Map<String, String[]> parameters) {
        this.parameters = parameters;
    }

    /** @throws BadParameterException if there is another one than those allowed, or one without exactly one value */
    public static QueryParameters only(HttpServletRequest request, String... allowed) {
        TreeSet<String> names = new TreeSet<>(List.of(allowed));
        Map<String, String[]> parameters = request.getParameterMap();
        parameters.forEach((name, values) -> {
            if (!names.contains(name)) {
                throw new BadParameterException(
                        name, names.isEmpty() ? "no parameters are allowed here" : "unknown; there are " + names);
            }
            if (values.length != 1 || values[0].isBlank()) {
                throw new BadParameterException(name, "needs exactly one value");
            }
        });
        return new QueryParameters(parameters);
    }

    public boolean has(String name) {
        return parameters.containsKey(name);
    }

    public @Nullable String text(String name) {
        String[] values = parameters.get(name);
        return values == null ? null : values[0];
    }

    /**
     * @param parse throws IllegalArgumentException for what it does not take
     * @param allowed what it takes, as in {@code a number}
     */
    public <T> @Nullable T value(String name, Function<String, T> parse, String allowed) {
        String text = text(name);
        try {
            return text == null ? null : parse.apply(text);
        } catch (IllegalArgumentException e) {
            throw new BadParameterException(name, "'" + text + "' is not " + allowed);
        }
    }

    /** Without it, no. */
    public boolean flag(String name) {
        return Boolean.TRUE.equals(value(name, QueryParameters::bool, "true or false"));
    }

    public @Nullable Instant time(String name) {
        return value(name, Times::parse, "a time such as " + Times.EXAMPLE);
    }

    /** How many are wanted at most. */
    public int limit(int usual, int most) {
        Integer limit = value("limit", text -> between(1, Long.parseLong(text), most), "a number from 1 to " + most);
        return limit == null ? usual : limit;
    }

    private static boolean bool(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException();
        };
    }

    private static int between(int least, long number, int most) {
        if (number < least || number > most) {
            throw new IllegalArgumentException();
        }
        return (int) number;
    }
}
