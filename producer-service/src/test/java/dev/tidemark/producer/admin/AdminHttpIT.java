package dev.tidemark.producer.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.delete;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.put;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import dev.tidemark.model.RowKey;
import dev.tidemark.model.TableId;
import dev.tidemark.model.TopicNames;
import dev.tidemark.producer.capture.Pipeline;
import dev.tidemark.producer.capture.PollStatus;
import dev.tidemark.producer.capture.PollStatus.State;
import dev.tidemark.producer.publish.TableProgress;
import dev.tidemark.producer.publish.TableTopic;
import dev.tidemark.producer.source.CopyRange;
import dev.tidemark.producer.source.TestSource;
import dev.tidemark.producer.source.TrackedTable;
import dev.tidemark.web.RequestErrors;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.ResultActions;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.util.UriUtils;

/** The REST interface on a real source, beside a poller that is told what to say. */
class AdminHttpIT {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final String TABLES = "/admin/tables";

    private final TestSource source = TestSource.create();
    private final Pipeline pipeline = new Pipeline(
            "hr",
            "1.0",
            "instance-1",
            new TopicNames("hr"),
            List.of(TableId.parse("public.configured")),
            Map.of(),
            false);
    private final CaptureMonitor monitor =
            new CaptureMonitor(new CaptureMeters(new SimpleMeterRegistry()), Clock.systemUTC());
    private final Supplier<PollStatus> poller = () -> this.polled;
    private final TableViews views = new TableViews(source.tables(), pipeline, monitor, poller);
    private final SourceHealth health =
            new SourceHealth(views, source.transactions(), poller, Duration.ZERO, Clock.systemUTC());
    private final MockMvc http = MockMvcBuilders.standaloneSetup(
                    new TablesController(source.tables(), views, pipeline, poller),
                    new PauseController(source.pause(), poller),
                    new SnapshotsController(source.tables(), views, monitor, poller),
                    new StatusController(poller, pipeline, monitor, source.backlog(), views, health, source.active()))
            .setControllerAdvice(new AdminErrors(), new RequestErrors())
            .build();

    private PollStatus polled = polled(State.RUNNING, null);

    @BeforeEach
    void createTables() {
        source.execute("CREATE TABLE items (id int PRIMARY KEY); CREATE TABLE keyless (v text);"
                + "CREATE SCHEMA \"My Schema\"; CREATE TABLE \"My Schema\".\"a.b\" (id int PRIMARY KEY)");
    }

    private static PollStatus polled(State state, @Nullable String problem) {
        return new PollStatus(state, NOW, 1, "1:1:", problem, null);
    }

    private ResultActions call(MockHttpServletRequestBuilder request) throws Exception {
        return http.perform(request);
    }

    private ResultActions problem(int status, MockHttpServletRequestBuilder request) throws Exception {
        return call(request)
                .andExpect(status().is(status))
                .andExpect(content().contentType(MediaType.APPLICATION_PROBLEM_JSON));
    }

    private static MockHttpServletRequestBuilder snapshots(String body) {
        return post("/admin/snapshots").contentType(MediaType.APPLICATION_JSON).content(body);
    }

    private static URI path(String name) {
        return URI.create(TABLES + "/" + UriUtils.encode(name, StandardCharsets.UTF_8));
    }

    private TableProgress none(String table) {
        return TableProgress.none(tracked(table, null), new TableTopic("topic", 1));
    }

    private TrackedTable tracked(String table, @Nullable CopyRange range) {
        return new TrackedTable(
                1,
                new TableId("public", table),
                List.of("id"),
                List.of("integer"),
                "",
                text(table, "tracked_at"),
                text(table, "copy_at"),
                range,
                false,
                true);
    }

    private String text(String table, String column) {
        return source.text("SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD';" + "SELECT " + column
                + "::text FROM cdc.tracked_table WHERE table_name = '" + table + "'");
    }

    private void progressed(String table, long rows, boolean complete) {
        TableProgress none = none(table);
        monitor.snapshotProgress(none);
        monitor.snapshotProgress(none.advanced(complete ? null : new RowKey("{\"id\":1}"), rows));
    }

    @Test
    void addsAndRemovesATableAsOftenAsItIsAsked() throws Exception {
        for (int i = 0; i < 2; i++) {
            call(put(TABLES + "/{t}", "items"))
                    .andExpect(status().isOk())
                    .andExpect(jsonPath("$.table").value("public.items"))
                    .andExpect(jsonPath("$.topic").value("hr.public.items"))
                    .andExpect(jsonPath("$.state").value("WAITING"));
        }
        assertThat(source.text("SELECT captured || ' ' || requested_by FROM cdc.table_request"))
                .isEqualTo("true 127.0.0.1");
        assertThat(source.text("SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'zz_cdc%'"))
                .isEqualTo("6");
        for (int i = 0; i < 2; i++) {
            call(delete(TABLES + "/{t}", "public.items"))
                    .andExpect(status().isOk())
                    .andExpect(jsonPath("$.state").value("REMOVED"));
        }
        assertThat(source.text("SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'zz_cdc%'"))
                .isEqualTo("0");
    }

    @Test
    void keepsWhatIsChosenOfATable() throws Exception {
        source.execute("CREATE TABLE people (id int PRIMARY KEY, ssn text, region text)");
        for (int i = 0; i < 2; i++) {
            call(choose(
                            "people",
                            "{\"columns\":{\"exclude\":[\"ssn\"],\"mask\":null},\"rows\":\"region = 'EU'\",\"before\":true}"))
                    .andExpect(status().isOk())
                    .andExpect(jsonPath("$.choice.before").value(true))
                    .andExpect(jsonPath("$.choice.columns.exclude[0]").value("ssn"))
                    .andExpect(jsonPath("$.choice.rows").value("region = 'EU'"));
            call(put(TABLES + "/{t}", "people"))
                    .andExpect(status().isOk())
                    .andExpect(jsonPath("$.choice.columns.exclude[0]").value("ssn"));
            call(delete(TABLES + "/{t}", "people")).andExpect(status().isOk());
        }
        assertThat(source.text("SELECT options->>'rows' FROM cdc.table_request"))
                .isEqualTo("region = 'EU'");
        call(choose("people", "{}")).andExpect(jsonPath("$.choice").doesNotExist());
        call(put(TABLES + "/{t}", "people")).andExpect(jsonPath("$.choice").doesNotExist());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            400 | {                                                   | is not JSON
            400 | []                                                  | has to be an object
            400 | {} {}                                               | is not JSON
            400 | {"rows":"id > 1","rows":"true"}                     | is not JSON
            400 | {"rows":"\\u0000"}                                 | character 0
            422 | {"tables":["items"]}                                | there is no option 'tables'
            422 | {"columns":{"exclude":["x'; DROP TABLE items; --"]}} | it has no column
            422 | {"columns":{"exclude":["id"]}}                      | id belongs to its key
            422 | {"columns":{"hash":["v"]}}                          | Set cdc.capture.hash-key
            422 | {"rows":"id > 1); DROP TABLE items; --"}            | the condition for its rows is not one
            422 | {"rows":"id > random()"}                            | IMMUTABLE
            """)
    void refusesChoicesThatMakeNoSense(int status, String body, String message) throws Exception {
        source.execute("ALTER TABLE items ADD v text");
        problem(status, choose("items", body)).andExpect(jsonPath("$.detail", containsString(message)));
        assertThat(source.text("SELECT count(*) FROM cdc.table_request")).isEqualTo("0");
        assertThat(source.text("SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'zz_cdc%'"))
                .isEqualTo("0");
    }

    /** As curl sends it that is not told otherwise; whatever reads forms leaves no body. */
    @Test
    void refusesAChoiceThatIsSentAsAForm() throws Exception {
        problem(415, choose("items", "{}").contentType(MediaType.APPLICATION_FORM_URLENCODED))
                .andExpect(jsonPath("$.detail", containsString("application/json")));
        assertThat(source.text("SELECT count(*) FROM cdc.table_request")).isEqualTo("0");
    }

    private static MockHttpServletRequestBuilder choose(String table, String body) {
        return put(TABLES + "/{t}", table)
                .contentType(MediaType.APPLICATION_JSON)
                .content(body);
    }

    @Test
    void removesATableOfTheConfiguration() throws Exception {
        call(get(TABLES)).andExpect(jsonPath("$.tables[0].table").value("public.configured"));
        call(delete(TABLES + "/{t}", "configured")).andExpect(status().isOk());
        call(get(TABLES)).andExpect(jsonPath("$.tables", hasSize(0)));
    }

    @Test
    void takesNamesAsSqlWritesThem() throws Exception {
        call(put(TABLES + "/{t}", "\"My Schema\".\"a.b\""))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.table").value("\"My Schema\".\"a.b\""))
                .andExpect(jsonPath("$.topic").value("hr.My_Schema.a_b"));
        call(delete(TABLES + "/{t}", "\"My Schema\".\"a.b\"")).andExpect(status().isOk());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "items; DROP TABLE items",
                "items, keyless",
                "a.b.c",
                "\"open",
                "'items'",
                "items--",
                "public.",
                ".items",
                "\"\"",
                "it ems",
                "\"a\u0000b\"",
                "a1234567890123456789012345678901234567890123456789012345678901234",
                "items)"
            })
    void refusesWhatIsNoName(String name) throws Exception {
        problem(400, put(path(name))).andExpect(jsonPath("$.parameter").value("table"));
        problem(400, delete(path(name)));
        String json = name.replace("\"", "\\\"").replace("\u0000", "\\u0000");
        problem(400, snapshots("{\"tables\":[\"" + json + "\"]}"));
        assertThat(source.text("SELECT to_regclass('public.items')")).isEqualTo("items");
    }

    @Test
    void leavesTheHeartbeatToItsSetting() throws Exception {
        source.execute("SELECT cdc.track('cdc.heartbeat')");
        call(get(TABLES)).andExpect(content().string(not(containsString("heartbeat"))));
        problem(400, put(path("cdc.heartbeat")))
                .andExpect(jsonPath("$.detail").value(containsString("cdc.heartbeat.interval")));
        problem(400, delete(path("cdc.heartbeat")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"missing", "\"x\"\"; DROP TABLE items; --\"", "\"%s\"", "pg_temp.items", "\"../items\""})
    void doesNotKnowOtherTables(String name) throws Exception {
        problem(404, put(path(name)));
        problem(404, delete(path(name)));
        problem(404, snapshots("{\"tables\":[\"" + name.replace("\"", "\\\"") + "\"]}"));
        assertThat(source.text("SELECT count(*) FROM cdc.table_request")).isEqualTo("0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{}", "{\"tables\":[]}", "{\"tables\":null}", "{\"tables\":[null]}", "[", "", "{\"tables\":1}"})
    void refusesABodyWithoutTables(String body) throws Exception {
        problem(400, snapshots(body));
    }

    @Test
    void tellsWhyATableCannotBeCaptured() throws Exception {
        problem(422, put(TABLES + "/{t}", "keyless")).andExpect(jsonPath("$.detail", containsString("primary key")));
        problem(422, put(TABLES + "/{t}", "pg_catalog.pg_class"));
        source.execute("CREATE TABLE \"a-b\" (id int PRIMARY KEY); CREATE TABLE \"a+b\" (id int PRIMARY KEY)");
        call(put(TABLES + "/{t}", "\"a-b\"")).andExpect(status().isOk());
        source.execute("CREATE TABLE \"a_b\" (id int PRIMARY KEY)");
        call(put(TABLES + "/{t}", "\"a+b\"")).andExpect(status().isOk());
        problem(422, put(TABLES + "/{t}", "a_b")).andExpect(jsonPath("$.detail", containsString("share the topic")));
    }

    @Test
    void asksToTryAgainWhileATableIsLocked() throws Exception {
        try (Connection other = source.connection();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("LOCK TABLE items IN ROW EXCLUSIVE MODE");
            problem(503, put(TABLES + "/{t}", "items"))
                    .andExpect(jsonPath("$.detail", containsString("before these end: [process ")))
                    .andExpect(jsonPath("$.detail", containsString("idle in transaction")));
        }
        call(put(TABLES + "/{t}", "items")).andExpect(status().isOk());
    }

    @Test
    void showsWhereTablesAre() throws Exception {
        call(put(TABLES + "/{t}", "items"));
        source.execute("INSERT INTO items SELECT generate_series(1, 1000); ANALYZE items");
        progressed("items", 430, false);
        call(get(TABLES))
                .andExpect(jsonPath("$.tables[1].state").value("SNAPSHOTTING"))
                .andExpect(jsonPath("$.tables[1].snapshot.percent").value(43));
        progressed("items", 1000, true);
        call(get("/admin/snapshots")).andExpect(jsonPath("$.snapshots[1].state").value("STREAMING"));
        monitor.tableProblem(new TableId("public", "items"), "made up");
        call(get(TABLES)).andExpect(jsonPath("$.tables[1].state").value("BLOCKED"));
    }

    @Test
    void showsLostTriggersAndPutsThemOnAgain() throws Exception {
        call(put(TABLES + "/{t}", "items"));
        source.execute("ALTER TABLE items DISABLE TRIGGER zz_cdc_update; DROP TRIGGER zz_cdc_delete ON items");
        call(get(TABLES))
                .andExpect(jsonPath("$.tables[1].state").value("UNPROTECTED"))
                .andExpect(jsonPath("$.tables[1].cause", containsString("update, delete")))
                .andExpect(jsonPath("$.tables[1].cause", containsString("PUT /admin/tables/public.items")));
        call(put(TABLES + "/{t}", "items"))
                .andExpect(jsonPath("$.state").value("UNPROTECTED"))
                .andExpect(jsonPath("$.cause", containsString("no enabled trigger for update, delete, last at 20")))
                .andExpect(jsonPath("$.cause", containsString("about to begin")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ALTER TABLE items RENAME TO things | It is called public.things now
            ALTER TABLE items RENAME TO things | PUT /admin/tables/public.things and then DELETE /admin/tables/public.items
            ALTER TABLE items SET SCHEMA "My Schema" | It is called "My Schema".items now
            ALTER TABLE items ADD COLUMN more int | It was altered
            ALTER TABLE items ALTER COLUMN id TYPE bigint | It was altered
            DROP TABLE items | It does not exist any more
            SET session_replication_role = replica; INSERT INTO items VALUES (1) | with session_replication_role = replica, last at 20
            SET session_replication_role = replica; TRUNCATE items | POST /admin/snapshots for it
            """)
    void showsWhatEndangersChanges(String statements, String cause) throws Exception {
        call(put(TABLES + "/{t}", "items"));
        progressed("items", 1, true);
        source.execute(statements);
        call(get(TABLES))
                .andExpect(jsonPath("$.tables[1].table").value("public.items"))
                .andExpect(jsonPath("$.tables[1].state").value("UNPROTECTED"))
                .andExpect(jsonPath("$.tables[1].cause", containsString(cause)));
    }

    @Test
    void tellsWhatASnapshotMakesGood() throws Exception {
        call(put(TABLES + "/{t}", "items"));
        source.execute("INSERT INTO cdc.missed_change (table_id, cause, copying) VALUES (1, 'made up', true)");
        progressed("items", 1, false);
        call(get(TABLES))
                .andExpect(jsonPath("$.tables[1].state").value("SNAPSHOTTING"))
                .andExpect(jsonPath("$.tables[1].cause", containsString("until this snapshot is complete: made up")));
    }

    @Test
    void startsSnapshotsOfCapturedTablesOnly() throws Exception {
        problem(409, snapshots("{\"tables\":[\"items\"]}"))
                .andExpect(jsonPath("$.detail", containsString("first PUT /admin/tables/public.items")));
        call(put(TABLES + "/{t}", "items"));
        progressed("items", 10, true);
        String before = source.text("SELECT tracked_at FROM cdc.tracked_table");
        call(get(TABLES)).andExpect(jsonPath("$.tables[1].state").value("STREAMING"));
        problem(409, snapshots("{\"tables\":[\"items\",\"keyless\"]}"));
        assertThat(source.text("SELECT copy_at FROM cdc.tracked_table")).isNull();
        call(snapshots("{\"tables\":[\"items\",\"public.items\"]}"))
                .andExpect(status().isAccepted())
                .andExpect(jsonPath("$.snapshots", hasSize(1)))
                .andExpect(jsonPath("$.snapshots[0].state").value("WAITING"));
        assertThat(source.text("SELECT copy_at FROM cdc.tracked_table")).isNotNull();
        assertThat(source.text("SELECT tracked_at FROM cdc.tracked_table"))
                .as("there was no gap")
                .isEqualTo(before);
        monitor.snapshotProgress(none("items"));
        call(get(TABLES))
                .andExpect(jsonPath("$.tables[1].state").value("WAITING"))
                .andExpect(jsonPath("$.tables[1].cause", containsString("not begun")));
        progressed("items", 5, false);
        call(get(TABLES)).andExpect(jsonPath("$.tables[1].state").value("SNAPSHOTTING"));
    }

    @Test
    void keepsThePauseOfWhoCameFirst() throws Exception {
        call(post("/admin/resume")).andExpect(jsonPath("$.paused").value(false));
        call(post("/admin/pause")).andExpect(jsonPath("$.by").value("127.0.0.1"));
        String since = source.text("SELECT paused_at FROM cdc.control");
        call(post("/admin/pause")).andExpect(status().isOk());
        assertThat(source.text("SELECT paused_at FROM cdc.control")).isEqualTo(since);
        call(post("/admin/resume")).andExpect(jsonPath("$.paused").value(false));
    }

    @Test
    void leavesEverythingToTheActiveProducer() throws Exception {
        source.execute("INSERT INTO cdc.producer VALUES ('hr', 7, 'the-other', '2026-01-31T12:00:00Z')");
        polled = polled(State.STANDBY, null);
        problem(503, put(TABLES + "/{t}", "items"));
        problem(503, delete(TABLES + "/{t}", "items"));
        problem(503, get(TABLES));
        problem(503, post("/admin/pause"));
        problem(503, post("/admin/resume"));
        problem(503, snapshots("{\"tables\":[\"items\"]}"));
        call(get("/admin/status"))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.state").value("STANDBY"))
                .andExpect(jsonPath("$.cause")
                        .value("another producer is the active one: instance the-other since 2026-01-31T12:00:00Z"))
                .andExpect(jsonPath("$.cause", containsString("another producer")));
    }

    @Test
    void tellsTheStateOnOnePage() throws Exception {
        call(put(TABLES + "/{t}", "items"));
        call(get("/admin/status"))
                .andExpect(jsonPath("$.state").value("RUNNING"))
                .andExpect(jsonPath("$.instance").value("instance-1"))
                .andExpect(jsonPath("$.version").value("1.0"))
                .andExpect(jsonPath("$.backlog.rows").value(0))
                .andExpect(jsonPath("$.tables", hasSize(2)));
        monitor.waitingForKafka();
        call(get("/admin/status"))
                .andExpect(jsonPath("$.state").value("FAILED"))
                .andExpect(jsonPath("$.cause", containsString("Kafka")));
    }

    @Test
    void namesWhatChangesWaitForAndWhatWentWrongLast() throws Exception {
        call(put(TABLES + "/{t}", "items"));
        call(get("/admin/status")).andExpect(jsonPath("$.lastError").doesNotExist());
        monitor.failed("made up");
        try (Connection other = source.connection();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("INSERT INTO items VALUES (1)");
            health.look();
            call(get("/admin/status"))
                    .andExpect(jsonPath("$.openTransactions[0].pid").isNumber())
                    .andExpect(jsonPath("$.openTransactions[0].user").value("postgres"))
                    .andExpect(jsonPath("$.openTransactions[0].state").value("idle in transaction"))
                    .andExpect(jsonPath("$.openTransactions[0].seconds").isNumber())
                    .andExpect(jsonPath("$.lastError.message").value("made up"))
                    .andExpect(jsonPath("$.lastError.at").exists());
        }
        health.look();
        call(get("/admin/status")).andExpect(jsonPath("$.openTransactions", hasSize(0)));
    }

    @Test
    void seesLossesAlsoWhilePaused() throws Exception {
        call(put(TABLES + "/{t}", "items"));
        source.execute("ALTER TABLE items ADD COLUMN more int");
        polled = polled(State.PAUSED, "paused");
        health.look();
        assertThat(health.seen().losses()).as("its changes are captured").isEmpty();
        source.execute("ALTER TABLE items DISABLE TRIGGER zz_cdc_update");
        health.look();
        assertThat(health.seen().losses().get("public.items")).contains("no enabled trigger for update");
        polled = polled(State.STANDBY, null);
        health.look();
        assertThat(health.seen().losses()).isEmpty();
        polled = polled(State.RUNNING, null);
        source.leave();
        health.look();
        assertThat(health.seen().away()).contains("refused");
    }

    @Test
    void saysThatTheSourceHasLostItsRowOfControl() throws Exception {
        call(put(TABLES + "/{t}", "items")).andExpect(status().isOk());
        source.execute("DELETE FROM cdc.control");
        String missing = "INSERT INTO cdc.control DEFAULT VALUES";
        problem(503, post("/admin/pause")).andExpect(jsonPath("$.detail", containsString(missing)));
        problem(503, post("/admin/resume")).andExpect(jsonPath("$.detail", containsString(missing)));
        problem(503, put(TABLES + "/{t}", "items")).andExpect(jsonPath("$.detail", containsString(missing)));
        problem(503, snapshots("{\"tables\":[\"items\"]}")).andExpect(jsonPath("$.detail", containsString(missing)));
        problem(503, delete(TABLES + "/{t}", "items")).andExpect(jsonPath("$.detail", containsString(missing)));
        assertThat(source.text("SELECT count(*) FROM cdc.tracked_table WHERE active AND copy_at IS NULL"))
                .as("nothing was done")
                .isEqualTo("1");
    }

    @Test
    void saysThatTheSourceIsAway() throws Exception {
        source.leave();
        problem(503, put(TABLES + "/{t}", "items"));
        problem(503, get(TABLES));
        problem(503, post("/admin/pause"));
        call(get("/admin/status"))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.state").value("FAILED"));
    }

    @Test
    void copiesAPartOfATable() throws Exception {
        String part = "{\"tables\":[\"items\"],\"after\":{\"id\":100},\"upTo\":{\"id\":\"200\"}}";
        call(put(TABLES + "/{t}", "items"));
        problem(409, snapshots(part)).andExpect(jsonPath("$.detail").value(containsString("is being copied")));
        progressed("items", 1000, true);
        TableProgress whole = none("items").advanced(null, 1000);
        call(snapshots(part))
                .andExpect(status().isAccepted())
                .andExpect(jsonPath("$.snapshots[0].state").value("WAITING"));
        assertThat(source.text("SELECT copy_after || copy_up_to FROM cdc.tracked_table"))
                .isEqualTo("{\"id\" : 100}{\"id\" : 200}");
        problem(409, snapshots(part));
        monitor.snapshotProgress(whole.continued(
                        tracked("items", new CopyRange(new RowKey("{\"id\":100}"), new RowKey("{\"id\":200}"))),
                        new TableTopic("topic", 1))
                .advanced(new RowKey("{\"id\":150}"), 50));
        call(get("/admin/snapshots"))
                .andExpect(jsonPath("$.snapshots[1].state").value("SNAPSHOTTING"))
                .andExpect(jsonPath("$.snapshots[1].snapshot.rows").value(50))
                .andExpect(jsonPath("$.snapshots[1].snapshot.range.after.id").value(100))
                .andExpect(jsonPath("$.snapshots[1].snapshot.range.upTo.id").value(200));
        call(delete("/admin/snapshots/{t}", "items")).andExpect(status().isOk());
    }

    @Test
    void copiesNoPartOfATableThatLacksChanges() throws Exception {
        call(put(TABLES + "/{t}", "items"));
        progressed("items", 1000, true);
        source.execute("SET session_replication_role = replica; INSERT INTO items VALUES (7)");
        problem(409, snapshots("{\"tables\":[\"items\"],\"after\":{\"id\":6}}"))
                .andExpect(jsonPath("$.detail").value(containsString("copy all of it")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'after':{}",
                "'after':{'nope':1}",
                "'after':{'code':'a'}",
                "'after':{'code':'a','n':1,'nope':1}",
                "'after':{'code':'a','n':'x'}",
                "'after':{'code':'a','n':1e3}",
                "'after':{'code':'a','n':null}",
                "'after':{'code':'a','n':[1]}",
                "'after':{'code':'a','n':'1.005'}",
                "'after':{'code':'toolong','n':1}",
                "'after':{'code':'a\\u0000','n':1}",
                "'upTo':{'code':'a','n':99999999999999999999}",
                "'upTo':5",
                "'after':{'code':'a','n':1},'upTo':{'code':'a','n':1}",
                "'after':{'code':'b','n':1},'upTo':{'code':'a','n':2}"
            })
    void refusesWhatIsNoPartOfATable(String part) throws Exception {
        source.execute("CREATE TABLE parts (n numeric(10, 2), code varchar(3), PRIMARY KEY (code, n))");
        call(put(TABLES + "/{t}", "parts"));
        progressed("parts", 1000, true);
        problem(400, snapshots("{'tables':['parts'],%s}".formatted(part).replace('\'', '"')));
        assertThat(source.text("SELECT copy_at FROM cdc.tracked_table")).isNull();
    }

    @Test
    void writesKeysAsTheSourceDoes() throws Exception {
        source.execute("CREATE TABLE parts (n numeric(10, 2), code varchar(3), PRIMARY KEY (code, n))");
        call(put(TABLES + "/{t}", "parts"));
        progressed("parts", 1000, true);
        call(snapshots("{\"tables\":[\"parts\"],\"upTo\":{\"n\":\"1.50\",\"code\":\"a'\\\"\"}}"))
                .andExpect(status().isAccepted());
        assertThat(source.text("SELECT copy_up_to FROM cdc.tracked_table"))
                .isEqualTo("{\"code\" : \"a'\\\"\", \"n\" : 1.5}");
    }

    @Test
    void copiesPartsOfOneTableOnly() throws Exception {
        call(put(TABLES + "/{t}", "items"));
        source.execute("CREATE TABLE others (id int PRIMARY KEY)");
        call(put(TABLES + "/{t}", "others"));
        problem(400, snapshots("{\"tables\":[\"items\",\"others\"],\"after\":{\"id\":1}}"));
    }

    @Test
    void cancelsASnapshotButNotTheFirst() throws Exception {
        call(put(TABLES + "/{t}", "items"));
        progressed("items", 10, false);
        call(snapshots("{\"tables\":[\"items\"]}"));
        problem(409, delete("/admin/snapshots/{t}", "items"))
                .andExpect(jsonPath("$.detail").value(containsString("DELETE /admin/tables/public.items")));

        progressed("items", 10, true);
        for (int i = 0; i < 2; i++) {
            call(delete("/admin/snapshots/{t}", "items")).andExpect(status().isOk());
        }
        assertThat(source.text("SELECT copy_at FROM cdc.tracked_table")).isNull();
        problem(404, delete("/admin/snapshots/{t}", "nowhere"));
        problem(409, delete("/admin/snapshots/{t}", "keyless"));
    }
}
