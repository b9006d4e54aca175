package dev.tidemark.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** The dashboards are such as Grafana 11 and 12 show without a migration, and everybody can read. That their queries have values is MonitoringIT's. */
class DashboardsTest {

    private static final int COLUMNS = 24;
    private static final Set<String> PANELS =
            Set.of("stat", "timeseries", "table", "bargauge", "state-timeline", "heatmap", "row");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{?(?!__)(\\w+)");
    private static final Pattern FIXED_RANGE = Pattern.compile("(rate|increase)\\([^()]*\\[\\d\\w*]");

    static List<Dashboard> dashboards() {
        return Dashboard.all();
    }

    @Test
    void haveNamesOfTheirOwn() {
        assertThat(Dashboard.all()).hasSize(3).extracting(Dashboard::uid).doesNotHaveDuplicates();
        assertThat(Dashboard.all()).extracting(Dashboard::title).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void useOneSchemaAndCurrentPanels(Dashboard dashboard) {
        assertThat(dashboard.json().path("schemaVersion").asInt()).isBetween(39, 42);
        assertThat(dashboard.json().path("id").isNull()).isTrue();
        assertThat(dashboard.boxes()).extracting(Dashboard.Panel::type).isSubsetOf(PANELS);
        assertThat(dashboard.boxes())
                .extracting(panel -> panel.json().path("id").asInt())
                .doesNotHaveDuplicates()
                .doesNotContain(0);
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void sayWhatTheyShow(Dashboard dashboard) {
        for (Dashboard.Panel panel : dashboard.panels()) {
            assertThat(panel.title()).isNotBlank();
            assertThat(panel.json().path("description").asString(""))
                    .as(panel.title())
                    .isNotBlank();
            JsonNode defaults = panel.json().path("fieldConfig").path("defaults");
            assertThat(defaults.path("unit").asString("")).as(panel.title()).isNotBlank();
            assertThat(panel.queries()).as(panel.title()).isNotEmpty().allMatch(query -> !query.isBlank());
            assertThat(panel.json().path("datasource").path("uid").asString(""))
                    .as(panel.title())
                    .isEqualTo("${datasource}");
        }
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void useAllTheirVariablesAndNoOthers(Dashboard dashboard) {
        List<String> defined = dashboard.variables().stream()
                .map(variable -> variable.path("name").asString(""))
                .toList();
        Set<String> used = new HashSet<>();
        Matcher matcher = VARIABLE.matcher(
                dashboard.json().path("panels") + dashboard.variables().toString());
        while (matcher.find()) {
            used.add(matcher.group(1));
        }
        assertThat(defined).containsExactlyInAnyOrderElementsOf(used);
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void followTheTimeRange(Dashboard dashboard) {
        assertThat(queries(dashboard))
                .noneMatch(query -> FIXED_RANGE.matcher(query).find());
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void showMetersThatAreDocumented(Dashboard dashboard) {
        assertThat(queries(dashboard))
                .allSatisfy(
                        query -> assertThat(DocumentedMeters.unknownIn(query)).isEmpty());
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void leadOnlyToDashboardsThatAreThere(Dashboard dashboard) {
        Set<String> uids = Dashboard.all().stream().map(Dashboard::uid).collect(Collectors.toSet());
        Matcher links = Pattern.compile("/d/([\\w-]+)").matcher(dashboard.json().toString());
        while (links.find()) {
            assertThat(uids).contains(links.group(1));
        }
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void putNothingOnTopOfAnother(Dashboard dashboard) {
        Set<List<Integer>> taken = new HashSet<>();
        for (Dashboard.Panel panel : dashboard.boxes()) {
            int[] place = Stream.of("x", "y", "w", "h")
                    .mapToInt(side -> panel.json().path("gridPos").path(side).asInt(-1))
                    .toArray();
            assertThat(place[0] + place[2])
                    .as(panel.title() + Arrays.toString(place))
                    .isLessThanOrEqualTo(COLUMNS);
            for (int x = place[0]; x < place[0] + place[2]; x++) {
                for (int y = place[1]; y < place[1] + place[3]; y++) {
                    assertThat(taken.add(List.of(x, y))).as(panel.title()).isTrue();
                }
            }
        }
    }

    private static List<String> queries(Dashboard dashboard) {
        return dashboard.panels().stream()
                .flatMap(panel -> panel.queries().stream())
                .toList();
    }
}
