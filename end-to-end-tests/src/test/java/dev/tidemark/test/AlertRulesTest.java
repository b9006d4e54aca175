package dev.tidemark.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each alert says what to do, has its section in the runbook, and is tested for when it is raised and when it is not. */
class AlertRulesTest {

    private static final String RUNBOOK = "docs/runbook.md";
    private static final Pattern SECTION = Pattern.compile("(?m)^## (Tidemark\\w+)$");
    private static final Pattern NAME = Pattern.compile("alertname=\"(\\w+)\"");

    static List<AlertRule> rules() {
        return AlertRule.all();
    }

    @ParameterizedTest
    @MethodSource("rules")
    void saysWhatToDo(AlertRule rule) {
        assertThat(rule.labels().get("severity")).isIn("critical", "warning");
        assertThat(rule.annotations().get("summary")).isNotBlank();
        assertThat(rule.annotations().get("description")).isNotBlank();
        assertThat(rule.annotations().get("runbook_url"))
                .isEqualTo(RUNBOOK + "#" + rule.name().toLowerCase(Locale.ROOT));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void watchesMetersThatAreDocumented(AlertRule rule) {
        assertThat(DocumentedMeters.unknownIn(rule.expression())).isEmpty();
    }

    @Test
    void runbookHasASectionForEach() throws IOException {
        List<String> sections = SECTION.matcher(Files.readString(Path.of("..", RUNBOOK)))
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
        assertThat(sections).containsExactlyInAnyOrderElementsOf(names());
    }

    /** In one test each: what is due to a value, and not to the absence of all values. */
    @Test
    void unitTestsRaiseEachAndDoNotRaiseEach() {
        Set<String> tested = new TreeSet<>();
        AlertRule.documents("tests").stream()
                .flatMap(document -> AlertRule.maps(document, "tests"))
                .forEach(test -> {
                    List<Set<String>> raised = AlertRule.maps(test, "promql_expr_test")
                            .map(AlertRulesTest::raised)
                            .toList();
                    names().stream()
                            .filter(name -> raised.stream().anyMatch(alerts -> alerts.contains(name)))
                            .filter(name -> !raised.stream().allMatch(alerts -> alerts.contains(name)))
                            .forEach(tested::add);
                });
        assertThat(tested).containsExactlyInAnyOrderElementsOf(names());
    }

    private static Set<String> raised(Map<String, Object> check) {
        return AlertRule.maps(check, "exp_samples")
                .map(sample -> NAME.matcher(sample.get("labels").toString()))
                .filter(Matcher::find)
                .map(name -> name.group(1))
                .collect(Collectors.toSet());
    }

    private static List<String> names() {
        return AlertRule.all().stream().map(AlertRule::name).toList();
    }
}
