package dev.tidemark.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tidemark.stack.Stack;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Dashboards and alert rules against a real Prometheus that scrapes both services under load; prints what each panel would show. */
@Tag("long")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MonitoringIT {

    /** Refuses every tenth row. */
    private static final String REFUSE = "ALTER TABLE public.item ADD CONSTRAINT no_tenth CHECK (id % 10 <> 0)";

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** What Grafana puts in for a dashboard that has just been opened. */
    private static final Map<String, String> VARIABLES = Map.of("$__rate_interval", "10s", "$__range", "1m");

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
        pipeline = PIPELINES.create(Items.TABLE);
        Items.create(pipeline, Items.TABLE);
        pipeline.source().execute(Items.fill(Items.TABLE, 500));
        pipeline.destination().execute(REFUSE);
        pipeline.start();
        begun = Instant.now();
        prometheus = Prometheus.start(
                folder,
                Map.of(
                        "tidemark-producer", List.of(pipeline.producer().port()),
                        "tidemark-consumer", List.of(pipeline.consumer().port())));
        pipeline.awaitSnapshots(Items.TABLE);
        workload = new Workload(pipeline.source(), Items.TABLE)
                .survivingDisconnection()
                .start();
    }

    @AfterAll
    static void stop() {
        if (prometheus != null) {
            prometheus.close();
            workload.stop();
        }
    }

    static List<Dashboard> dashboards() {
        return Dashboard.all();
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void everyPanelHasValues(Dashboard dashboard) {
        List<JsonNode> empty = new ArrayList<>();
        dashboard.panels().forEach(panel -> empty.addAll(panel.targets()));
        empty.addAll(dashboard.annotations());
        try {
            Await.until("values", PATIENCE, () -> {
                empty.removeIf(target -> result(target).valueStream().anyMatch(MonitoringIT::hasNumber));
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
            String query = target.path("expr").asString("");
            System.out.printf("%n%s / %s: %s%n", dashboard.title(), panel.title(), query);
            result(target).forEach(series -> System.out.println("  " + described(series)));
        }
    }

    private static JsonNode result(JsonNode target) {
        String query = substituted(target.path("expr").asString(""));
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

    private static String substituted(String expression) {
        String query = expression;
        for (Map.Entry<String, String> variable : VARIABLES.entrySet()) {
            query = query.replace(variable.getKey(), variable.getValue());
        }
        return query.replaceAll("\\$\\{?\\w+}?", ".*");
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
                String[] query = variable.path("definition").asString("").split("[()]|, (?=\\w+\\)$)");
                assertThat(query[0]).isEqualTo("label_values");
                Await.until(
                        variable.toString(),
                        PATIENCE,
                        () -> !prometheus
                                .labelValues(query[2], substituted(query[1]))
                                .isEmpty());
                JsonNode values = prometheus.labelValues(query[2], substituted(query[1]));
                System.out.printf(
                        "%s / $%s: %s%n",
                        dashboard.title(), variable.path("name").asString(), values);
            }
        }
    }

    /** Otherwise an alert would never be raised, and nobody would miss it. */
    @Test
    void everyMetricOfAnAlertIsScraped() {
        assertScraped(AlertRule.all().stream().flatMap(rule -> Promql.metrics(rule.expression()).stream()));
    }

    @Test
    void everyDocumentedMeterIsScraped() {
        assertScraped(DocumentedMeters.series().stream());
    }

    private static void assertScraped(Stream<String> metrics) {
        Set<String> wanted = metrics.collect(Collectors.toCollection(TreeSet::new));
        assertThat(wanted).isNotEmpty();
        Await.until("scrape of " + wanted, PATIENCE, () -> {
            wanted.removeIf(metric -> !prometheus.query(metric).isEmpty());
            return wanted.isEmpty();
        });
    }

    /** The last one, since it takes the servers away. */
    @Test
    @Order(Integer.MAX_VALUE)
    void alertsTellWhatIsAwayAndGoByThemselves() {
        Admin producer = new Admin(pipeline.producer());
        Admin consumer = new Admin(pipeline.consumer());
        assertRaised(
                "TidemarkPaused", () -> producer.post("/admin/pause", ""), () -> producer.post("/admin/resume", ""));
        assertRaised(
                "TidemarkPaused", () -> consumer.post("/admin/pause", ""), () -> consumer.post("/admin/resume", ""));
        Stack stack = pipeline.stack();
        assertRaised("TidemarkKafkaAway", stack.broker()::stop, stack.broker()::start);
        assertRaised("TidemarkDestinationAway", stack.destination()::stop, stack.destination()::start);
        assertRaised("TidemarkSourceAway", stack.source()::stop, stack.source()::start);
        assertRaised("TidemarkNoConsumer", pipeline.consumer()::stop, pipeline.consumer()::start);
        assertRaised("TidemarkNoActiveProducer", pipeline.producer()::stop, pipeline.producer()::start);
    }

    /** Pending counts: how long it has to last is the unit tests' matter. */
    private static void assertRaised(String alert, Runnable trouble, Runnable end) {
        assertThat(prometheus.state(alert)).isEqualTo("inactive");
        trouble.run();
        Await.until(alert, PATIENCE, () -> !prometheus.state(alert).equals("inactive"));
        end.run();
        Await.until("the end of " + alert, () -> prometheus.state(alert).equals("inactive"));
    }
}
