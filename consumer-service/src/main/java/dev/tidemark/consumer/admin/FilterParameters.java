package dev.tidemark.consumer.admin;

import static java.util.stream.Collectors.joining;

import dev.tidemark.consumer.deadletter.CauseClass;
import dev.tidemark.consumer.deadletter.DeadLetterFilter;
import dev.tidemark.consumer.deadletter.DeadLetterState;
import dev.tidemark.model.TableId;
import dev.tidemark.web.BadParameterException;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The parameters of a request. One that is unknown is an error: a filter with a typing error in its name would match everything. */
final class FilterParameters {

    static final List<String> FILTERS = List.of(
            "table",
            "key",
            "causeClass",
            "cause",
            "rule",
            "sqlState",
            "state",
            "from",
            "until",
            "topic",
            "partition",
            "offset");

    private final Map<String, String[]> parameters;

    /** @param others what is allowed besides the filters */
    FilterParameters(HttpServletRequest request, String... others) {
        this(request, FILTERS, others);
    }

    private FilterParameters(HttpServletRequest request, List<String> filters, String... others) {
        this.parameters = request.getParameterMap();
        TreeSet<String> allowed = new TreeSet<>(filters);
        allowed.addAll(List.of(others));
        parameters.forEach((name, values) -> {
            if (!allowed.contains(name)) {
                throw new BadParameterException(
                        name, allowed.isEmpty() ? "no parameters are allowed here" : "unknown; there are " + allowed);
            }
            if (values.length != 1 || values[0].isBlank()) {
                throw new BadParameterException(name, "needs exactly one value");
            }
        });
    }

    /** Where there is nothing to filter. */
    static FilterParameters only(HttpServletRequest request, String... allowed) {
        return new FilterParameters(request, List.of(), allowed);
    }

    boolean hasFilter() {
        return FILTERS.stream().anyMatch(parameters::containsKey);
    }

    DeadLetterFilter filter() {
        return new DeadLetterFilter(
                value("table", TableId::parse, "a table as SQL names it, such as public.people"),
                value("key", FilterParameters::keyForms, "the key as a JSON object, such as {\"id\":1}"),
                value("causeClass", CauseClass::of, "one of " + codes(CauseClass.values(), CauseClass::code)),
                value("cause"),
                value("rule"),
                value("sqlState"),
                value("state", DeadLetterState::of, "one of " + codes(DeadLetterState.values(), DeadLetterState::code)),
                value("from", FilterParameters::instant, "a time such as 2026-01-31T12:00:00Z"),
                value("until", FilterParameters::instant, "a time such as 2026-01-31T12:00:00Z"),
                value("topic"),
                value("partition", Integer::valueOf, "a number"),
                value("offset", Long::valueOf, "a number"));
    }

    /** Open letters alone: others can be neither replayed together nor discarded. */
    DeadLetterFilter openFilter() {
        DeadLetterFilter filter = filter();
        if (filter.state() != null && filter.state() != DeadLetterState.OPEN) {
            throw new BadParameterException("state", "only open letters are taken here");
        }
        return filter.in(DeadLetterState.OPEN);
    }

    int limit(int usual, int most) {
        Integer limit = value("limit", text -> between(Long.parseLong(text), 1, most), "a number from 1 to " + most);
        return limit == null ? usual : limit;
    }

    long after() {
        Long after = value("after", Long::valueOf, "the id of a letter");
        return after == null ? 0 : after;
    }

    boolean flag(String name) {
        Boolean flag = value(name, FilterParameters::bool, "true or false");
        return flag != null && flag;
    }

    private @Nullable String value(String name) {
        String[] values = parameters.get(name);
        return values == null ? null : values[0];
    }

    private <T> @Nullable T value(String name, Function<String, T> parse, String allowed) {
        String text = value(name);
        try {
            return text == null ? null : parse.apply(text);
        } catch (IllegalArgumentException | DateTimeParseException e) {
            throw new BadParameterException(name, "'" + text + "' is not " + allowed);
        }
    }

    private static <T> String codes(T[] values, Function<T, String> code) {
        return Arrays.stream(values).map(code).collect(joining(", "));
    }

    private static Instant instant(String text) {
        OffsetDateTime time = OffsetDateTime.parse(text);
        if (time.getYear() < 1 || time.getYear() > 9999) {
            throw new IllegalArgumentException();
        }
        return time.toInstant();
    }

    private static int between(long number, int least, int most) {
        if (number < least || number > most) {
            throw new IllegalArgumentException();
        }
        return (int) number;
    }

    private static boolean bool(String text) {
        if (!text.equals("true") && !text.equals("false")) {
            throw new IllegalArgumentException();
        }
        return text.equals("true");
    }

    /** As it was typed, as PostgreSQL writes it in keys, and without any blanks. */
    private static List<String> keyForms(String text) {
        Map<String, RawJson> members = RawJson.parse(text).members();
        return List.of(text, written(members, " : ", ", "), written(members, ":", ","));
    }

    private static String written(Map<String, RawJson> members, String colon, String comma) {
        return members.entrySet().stream()
                .map(member -> JsonMapper.shared().writeValueAsString(member.getKey())
                        + colon
                        + member.getValue().text())
                .collect(joining(comma, "{", "}"));
    }
}
