package dev.tidemark.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Dashboards and alert rules against a real Prometheus that scrapes both services under load; prints what each panel would show. */
@Tag("long")
class MonitoringIT {

    /** What a row must not be, to the destination and to the user. */
    private static final String CONSTRAINT = "ALTER TABLE public.item ADD CONSTRAINT no_tenth CHECK (id % 10 <> 0)";

    private static final String RULES = """
            public.item:
              - name: no-seventh
                require: key.id % 7 != 0
            """;

    /** What Grafana puts in for a dashboard that has just been opened. */
    private static final Map<String, String> INTERVALS = Map.of("$__rate_interval", "10s", "$__range", "1m");

    private static final Pattern LABEL_VALUES = Pattern.compile("label_values\\((?<selector>.+), (?<label>\\w+)\\)");
    private static final int SERIES_TO_PRINT = 4;

    @RegisterExtension
    static final Pipelines PIPELINES = Pipelines.perClass();

    @TempDir
    static Path folder;

    private static Pipeline pipeline;
    private static Prometheus prometheus;
    private static Workload workload;
    private static Instant begun;

    @BeforeAll
    static void start() throws IOException {
        assumeTrue(Prometheus.isInstalled(), "prometheus is not installed");
        Path rules = Files.writeString(folder.resolve("rules.yml"), RULES);
        pipeline = PIPELINES
                .create(Items.TABLE)
                .withUsers()
                .producerWith("CDC_HEARTBEAT_INTERVAL", "1s")
                .consumerWith("CDC_RULES_FILES", rules.toString());
        Items.create(pipeline, Items.TABLE);
        pipeline.source().execute(Items.fill(Items.TABLE, 500));
        pipeline.destination().execute(CONSTRAINT);
        pipeline.start();
        begun = Instant.now();
        prometheus = Prometheus.of(pipeline, folder);
        pipeline.awaitSnapshots(Items.TABLE);
        workload = new Workload(pipeline.source(), Items.TABLE).start();
    }

    @AfterAll
    static void stop() {
        if (workload != null) {
            workload.stop();
        }
        if (prometheus != null) {
            prometheus.close();
        }
    }

    static List<Dashboard> dashboards() {
        return Dashboard.all();
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void everyPanelHasValues(Dashboard dashboard) {
        List<JsonNode> empty = new ArrayList<>(dashboard.annotations());
        dashboard.panels().forEach(panel -> empty.addAll(panel.targets()));
        try {
            Await.until("values", () -> {
                empty.removeIf(target -> result(dashboard, target).valueStream().anyMatch(MonitoringIT::hasNumber));
                return empty.isEmpty();
            });
        } catch (ConditionTimeoutException e) {
            throw new AssertionError("no values: " + empty, e);
        } finally {
            dashboard.panels().forEach(panel -> print(dashboard, panel));
        }
    }

    private static void print(Dashboard dashboard, Dashboard.Panel panel) {
        for (JsonNode target : panel.targets()) {
            JsonNode result = result(dashboard, target);
            System.out.printf(
                    "%n%s / %s: %d series of %s%n",
                    dashboard, panel.title(), result.size(), target.path("expr").asString(""));
            result.valueStream().limit(SERIES_TO_PRINT).forEach(series -> System.out.println("  " + described(series)));
        }
    }

    private static JsonNode result(Dashboard dashboard, JsonNode target) {
        String query = substituted(dashboard, target.path("expr").asString(""));
        return target.path("instant").asBoolean(false) ? prometheus.query(query) : prometheus.query(query, begun);
    }

    private static boolean hasNumber(JsonNode series) {
        return samples(series).anyMatch(sample -> !sample.path(1).asString("").equals("NaN"));
    }

    private static Stream<JsonNode> samples(JsonNode series) {
        return series.has("value")
                ? Stream.of(series.path("value"))
                : series.path("values").valueStream();
    }

    /** As Grafana does when all values of each variable are chosen. */
    private static String substituted(Dashboard dashboard, String expression) {
        String query = expression;
        for (Map.Entry<String, String> interval : INTERVALS.entrySet()) {
            query = query.replace(interval.getKey(), interval.getValue());
        }
        for (JsonNode variable : dashboard.variables()) {
            String name = "$" + variable.path("name").asString("");
            if (query.contains(name)) {
                query = query.replace(name, String.join("|", values(dashboard, variable)));
            }
        }
        return query;
    }

    private static List<String> values(Dashboard dashboard, JsonNode variable) {
        Matcher query = LABEL_VALUES.matcher(variable.path("definition").asString(""));
        assertThat(query.matches()).as("%s", variable).isTrue();
        return prometheus.labelValues(query.group("label"), substituted(dashboard, query.group("selector")));
    }

    private static String described(JsonNode series) {
        JsonNode last = samples(series).reduce((before, after) -> after).orElseThrow();
        return series.path("metric") + " " + last.path(1).asString("");
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void everyVariableHasValues(Dashboard dashboard) {
        for (JsonNode variable : dashboard.variables()) {
            if (variable.path("type").asString("").equals("query")) {
                Await.until(
                        variable.toString(), () -> !values(dashboard, variable).isEmpty());
                System.out.printf(
                        "%s / $%s: %s%n", dashboard, variable.path("name").asString(""), values(dashboard, variable));
            }
        }
    }

    /** Otherwise an alert would never be raised, and nobody would miss it. */
    @Test
    void everyMetricOfAnAlertIsScraped() {
        assertScraped(AlertRule.all().stream().flatMap(rule -> Promql.metrics(rule.expression()).stream()));
    }

    @Test
    void everyRuleIsEvaluated() {
        Await.until("rules", () -> Set.copyOf(prometheus.rules().values()).equals(Set.of("ok")));
        assertThat(prometheus.rules())
                .containsOnlyKeys(AlertRule.all().stream().map(AlertRule::name).toList());
    }

    @Test
    void everyDocumentedMeterIsScraped() {
        assertScraped(DocumentedMeters.series().stream());
    }

    private static void assertScraped(Stream<String> metrics) {
        Set<String> wanted = metrics.collect(Collectors.toCollection(TreeSet::new));
        assertThat(wanted).isNotEmpty();
        Await.until("scrape of " + wanted, () -> {
            wanted.removeIf(metric -> !prometheus.query(metric).isEmpty());
            return wanted.isEmpty();
        });
    }
}
