package dev.tidemark.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.stack.ServiceProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** What the services measure is what docs/metrics.md says, and it is true, also when something stands still. */
class MetricsIT {

    @RegisterExtension
    static final Pipelines PIPELINES = Pipelines.perClass();

    private static final Path DOCUMENT =
            Path.of("../docs/metrics.md").toAbsolutePath().normalize();
    private static final Pattern BACKTICKED = Pattern.compile("`([^`]+)`");
    private static final Map<String, String> TYPES =
            Map.of("gauge", "gauge", "counter", "counter", "timer", "summary", "summary", "summary");

    private static Pipeline pipeline;

    @BeforeAll
    static void start() {
        pipeline = PIPELINES.create(Items.TABLE).producerWith("CDC_HEARTBEAT_INTERVAL", "500ms");
        Items.create(pipeline, Items.TABLE);
        pipeline.start().awaitSnapshots(Items.TABLE, "cdc.heartbeat");
        Items.awaitFlow(pipeline, Items.TABLE);
        await("the heartbeat", () -> Scrape.of(pipeline.consumer()).value("cdc_lag_seconds") < 0.5);
    }

    private static void await(String what, BooleanSupplier condition) {
        Await.until(what, condition::getAsBoolean);
    }

    /** A row of a table of the document. */
    private record Meter(String name, String prometheus, String type, Set<String> tags) {

        static Meter of(String line) {
            String[] cells = line.split("\\|");
            String type = cells[3].strip().split("\\W")[0];
            boolean histogram = cells[3].contains("histogram");
            String tags = cells[4].replaceAll(":[^;]*?(?=, `[a-z]+`:|$)", "");
            return new Meter(
                    names(cells[1]).iterator().next(),
                    names(cells[2]).iterator().next(),
                    histogram ? "histogram" : String.valueOf(TYPES.get(type)),
                    names(tags));
        }

        private static Set<String> names(String cell) {
            Set<String> names = new TreeSet<>();
            BACKTICKED
                    .matcher(cell)
                    .results()
                    .map((MatchResult match) -> match.group(1))
                    .forEach(names::add);
            return names;
        }
    }

    private static List<Meter> documented(String service) throws IOException {
        String document = Files.readString(DOCUMENT);
        String section = document.substring(document.indexOf("## " + service));
        int end = section.indexOf("\n## ", 1);
        return section.substring(0, end < 0 ? section.length() : end)
                .lines()
                .filter(line -> line.startsWith("| `cdc."))
                .map(Meter::of)
                .toList();
    }

    private static void assertDocumented(String service, ServiceProcess process) throws IOException {
        List<Meter> documented = documented(service);
        assertThat(documented.stream().map(Meter::name)).containsExactlyInAnyOrderElementsOf(meters(process));
        Scrape scrape = Scrape.of(process);
        assertThat(documented.stream().map(Meter::prometheus))
                .containsExactlyInAnyOrderElementsOf(scrape.types().keySet());
        for (Meter meter : documented) {
            assertThat(scrape.types().get(meter.prometheus())).as(meter.name()).isEqualTo(meter.type());
            assertThat(scrape.labels().get(meter.prometheus())).as(meter.name()).isEqualTo(meter.tags());
        }
    }

    private static Set<String> meters(ServiceProcess process) {
        Set<String> names = new TreeSet<>();
        for (JsonNode name : Health.endpoint(process, "metrics").get("names")) {
            if (name.asString().startsWith("cdc.")) {
                names.add(name.asString());
            }
        }
        return names;
    }

    @Test
    void documentNamesEveryMeterOfTheProducerAndNoOther() throws IOException {
        assertDocumented("producer-service", pipeline.producer());
        assertThat(Scrape.of(pipeline.producer()).series()).as("series").isLessThan(80);
    }

    @Test
    void documentNamesEveryMeterOfTheConsumerAndNoOther() throws IOException {
        assertDocumented("consumer-service", pipeline.consumer());
        assertThat(Scrape.of(pipeline.consumer()).series()).as("series").isLessThan(140);
    }

    @Test
    void eventsAreCountedOnBothSides() {
        Scrape before = Scrape.of(pipeline.producer());
        Scrape applied = Scrape.of(pipeline.consumer());
        pipeline.source().execute(Items.fill(Items.TABLE, 30));
        String[] created = {"table", Items.TABLE, "operation", "create"};
        await(
                "30 published",
                () -> Scrape.of(pipeline.producer()).value("cdc_events_published_total", created)
                        == before.value("cdc_events_published_total", created) + 30);
        await(
                "30 applied",
                () -> Scrape.of(pipeline.consumer()).value("cdc_events_applied_total", created)
                        == applied.value("cdc_events_applied_total", created) + 30);
        await(
                "no lag",
                () -> Scrape.of(pipeline.consumer())
                                .value("cdc_consumer_lag_records", "topic", pipeline.topic(Items.TABLE))
                        == 0);
        await(
                "the state",
                () -> Scrape.of(pipeline.producer())
                                .value("cdc_table_state", "table", Items.TABLE, "state", "streaming")
                        == 1);
    }

    @Test
    void lagGrowsWhileNothingComesAndFallsAgain() {
        new Admin(pipeline.producer()).post("/admin/pause", "");
        await("the pause", () -> Scrape.of(pipeline.producer()).value("cdc_producer_state", "state", "paused") == 1);
        pipeline.source().execute(Items.insert(Items.TABLE, 1));
        await("the lag", () -> Scrape.of(pipeline.consumer()).value("cdc_lag_seconds") > 3);
        await("the backlog", () -> {
            Scrape producer = Scrape.of(pipeline.producer());
            return producer.value("cdc_log_backlog_rows") >= 1 && producer.value("cdc_log_backlog_age_seconds") > 0;
        });
        new Admin(pipeline.producer()).post("/admin/resume", "");
        await("no lag", () -> Scrape.of(pipeline.consumer()).value("cdc_lag_seconds") < 0.5);
    }

    @Test
    void heartbeatIsNobodysTable() {
        assertThat(pipeline.producer().get("/admin/tables"))
                .contains(Items.TABLE)
                .doesNotContain("heartbeat");
        assertThat(pipeline.producer().get("/admin/status"))
                .contains(Items.TABLE)
                .doesNotContain("heartbeat");
        assertThat(pipeline.destination().number("SELECT count(*) FROM cdc.heartbeat"))
                .isEqualTo(1);
    }
}
