package dev.tidemark.consumer.admin;

import static java.util.stream.Collectors.joining;

import dev.tidemark.consumer.deadletter.CauseClass;
import dev.tidemark.consumer.deadletter.DeadLetterFilter;
import dev.tidemark.consumer.deadletter.DeadLetterState;
import dev.tidemark.model.TableId;
import dev.tidemark.web.BadParameterException;
import dev.tidemark.web.QueryParameters;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/** Which dead letters are meant, and what else a request about them may say. */
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

    private final QueryParameters parameters;

    /** @param others what is allowed besides the filters */
    FilterParameters(HttpServletRequest request, String... others) {
        this.parameters = QueryParameters.only(
                request, Stream.concat(FILTERS.stream(), Stream.of(others)).toArray(String[]::new));
    }

    boolean hasFilter() {
        return FILTERS.stream().anyMatch(parameters::has);
    }

    DeadLetterFilter filter() {
        return new DeadLetterFilter(
                parameters.value("table", TableId::parse, "a table as SQL names it, such as public.people"),
                parameters.value("key", FilterParameters::keyForms, "the key as a JSON object, such as {\"id\":1}"),
                parameters.value(
                        "causeClass", CauseClass::of, "one of " + codes(CauseClass.values(), CauseClass::code)),
                parameters.text("cause"),
                parameters.text("rule"),
                parameters.text("sqlState"),
                parameters.value(
                        "state",
                        DeadLetterState::of,
                        "one of " + codes(DeadLetterState.values(), DeadLetterState::code)),
                parameters.time("from"),
                parameters.time("until"),
                parameters.text("topic"),
                parameters.value("partition", Integer::valueOf, "a number"),
                parameters.value("offset", Long::valueOf, "a number"));
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
        return parameters.limit(usual, most);
    }

    long after() {
        Long after = parameters.value("after", Long::valueOf, "the id of a letter");
        return after == null ? 0 : after;
    }

    private static <T> String codes(T[] values, Function<T, String> code) {
        return Arrays.stream(values).map(code).collect(joining(", "));
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
