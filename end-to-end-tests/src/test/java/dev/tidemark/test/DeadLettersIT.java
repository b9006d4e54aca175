package dev.tidemark.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Bad rows, from the source to whoever deals with them: nothing of them is applied, nothing of them is lost, and the good ones do not wait. */
class DeadLettersIT {

    private static final String EMPLOYEES = "public.employees";

    private static final String RULES = """
            public.employees:
              - name: salary-floor
                require: after.salary > 10000
                message: The salary has to be above 10000
              - name: no-negative-id
                require: key.emp_id > 0
                message: An id is a number above 0
              - name: born-too-early
                require: after.dob >= date('1960-01-01')
                message: Nobody was born before 1960
            """;

    /** Refuses every tenth row. */
    private static final String REFUSE = "ALTER TABLE public.item ADD CONSTRAINT no_tenth CHECK (id % 10 <> 0)";

    private static final String OPEN =
            "SELECT DISTINCT (key::jsonb ->> 'id')::bigint FROM cdc.dead_letter WHERE state = 'open' ORDER BY 1";

    @RegisterExtension
    final Pipelines pipelines = Pipelines.perTest();

    @TempDir
    private Path folder;

    private Pipeline pipeline;

    private Pipeline employees() throws IOException {
        Path rules = Files.writeString(folder.resolve("rules.yaml"), RULES);
        pipeline = pipelines.create(EMPLOYEES).consumerWith("CDC_RULES_FILES", rules.toString());
        pipeline.onBoth(
                "CREATE TABLE employees (emp_id int PRIMARY KEY, first_name varchar(100), last_name varchar(100), dob date, city varchar(100), salary int)");
        return pipeline;
    }

    private List<String> arrived() {
        return pipeline.destination().column("SELECT emp_id || ' ' || salary FROM employees ORDER BY emp_id");
    }

    private static JsonNode only(JsonNode page) {
        assertThat(page.path("letters").size()).isEqualTo(1);
        return page.path("letters").get(0);
    }

    @Test
    void ofTheUsersRulesAreListedEditedAndReplayed() throws IOException {
        employees();
        pipeline.source()
                .execute(
                        "INSERT INTO employees VALUES (1, 'Ann', 'A', '1980-01-01', 'Oslo', 20000), (2, 'Bob', 'B', '1980-01-01', 'Rome', 9000)");
        pipeline.start().awaitSnapshots(EMPLOYEES);
        pipeline.source()
                .execute(
                        "INSERT INTO employees VALUES (-3, 'Cy', 'C', '1980-01-01', 'Bonn', 30000)",
                        "INSERT INTO employees VALUES (4, 'Di', 'D', '1900-01-01', 'Lyon', 40000)",
                        "UPDATE employees SET salary = 5 WHERE emp_id = 1",
                        "INSERT INTO employees VALUES (5, 'Ed', 'E', '1990-01-01', 'Cork', 50000)");
        Await.until("the last row", () -> arrived().contains("5 50000"));
        assertThat(arrived()).containsExactly("1 20000", "5 50000");

        Admin admin = new Admin(pipeline.consumer());
        JsonNode groups = admin.get("/admin/dead-letters/groups?state=open").path("groups");
        assertThat(groups.findValuesAsString("rule"))
                .containsExactlyInAnyOrder("salary-floor", "no-negative-id", "born-too-early");
        assertThat(admin.get("/admin/rules").path("rules").findValues("refused"))
                .extracting(JsonNode::asInt)
                .containsExactly(2, 1, 1);
        assertThat(Health.of(pipeline.consumer()).isUp()).isTrue();

        JsonNode negative = only(admin.get("/admin/dead-letters?rule=no-negative-id"));
        String path = "/admin/dead-letters/" + negative.path("id").asLong();
        assertThat(admin.post(path + "/replay", "").status()).isEqualTo(422);
        String edited =
                "{\"row\":{\"emp_id\":3,\"first_name\":\"Cy\",\"last_name\":\"C\",\"dob\":\"1980-01-01\",\"city\":\"Bonn\",\"salary\":30000}}";
        assertThat(admin.post(path + "/replay", edited).status()).isEqualTo(200);
        assertThat(arrived()).containsExactly("1 20000", "3 30000", "5 50000");

        pipeline.source().execute("UPDATE employees SET salary = 25000 WHERE emp_id = 1");
        Await.until("the raise", () -> arrived().contains("1 25000"));
        JsonNode overtaken = only(admin.get("/admin/dead-letters?state=superseded"));
        path = "/admin/dead-letters/" + overtaken.path("id").asLong();
        assertThat(admin.post(path + "/replay", "").status()).isEqualTo(409);
        JsonNode early = only(admin.get("/admin/dead-letters?rule=born-too-early"));
        assertThat(admin.post("/admin/dead-letters/" + early.path("id").asLong() + "/discard", "")
                        .status())
                .isEqualTo(200);
        assertThat(arrived()).containsExactly("1 25000", "3 30000", "5 50000");
        assertThat(
                        pipeline.destination()
                                .column(
                                        "SELECT (key::jsonb ->> 'emp_id') || ' ' || state FROM cdc.dead_letter ORDER BY record_offset"))
                .containsExactly("2 open", "-3 replayed", "4 discarded", "1 superseded");
        Await.until(
                "letters in Kafka",
                () -> Health.endpoint(pipeline.consumer(), "dlq")
                                .path("unpublished")
                                .asInt(-1)
                        == 0);
    }

    @Test
    void surviveKillsOfTheConsumer() {
        pipeline = pipelines.create(Items.TABLE);
        AppliedAudit applied = Items.create(pipeline, Items.TABLE);
        pipeline.destination().execute(REFUSE);
        pipeline.start().awaitSnapshots(Items.TABLE);
        try (Workload workload = new Workload(pipeline.source(), Items.TABLE)) {
            workload.start();
            for (int i = 0; i < 3; i++) {
                workload.awaitMore(300);
                pipeline.consumer().kill();
                pipeline.consumer().start();
            }
            workload.awaitMore(300);
            workload.stop();
        }
        awaitGoodRows();
        String refusedRows = "SELECT id FROM public.item WHERE id % 10 = 0 ORDER BY 1";
        assertThat(pipeline.destination().column(OPEN))
                .isEqualTo(pipeline.source().column(refusedRows))
                .isNotEmpty();
        applied.assertOnceAndInOrder();

        pipeline.destination().execute("ALTER TABLE public.item DROP CONSTRAINT no_tenth");
        Admin admin = new Admin(pipeline.consumer());
        assertThat(admin.post("/admin/dead-letters/replay?table=public.item", "")
                        .status())
                .isEqualTo(202);
        pipeline.consumer().kill();
        pipeline.consumer().start();
        Admin again = new Admin(pipeline.consumer());
        assertThat(again.post("/admin/dead-letters/replay?table=public.item", "")
                        .status())
                .isEqualTo(202);
        Tables.assertEqual(pipeline, Items.TABLE);
        assertThat(pipeline.destination().column(OPEN)).isEmpty();
        applied.assertOnceAndInOrder();
    }

    private void awaitGoodRows() {
        String digest =
                "SELECT count(*) || ' ' || coalesce(sum(hashtextextended(t::text, 0)), 0) FROM public.item t WHERE id % 10 <> 0";
        Await.until(
                "the good rows",
                () -> pipeline.destination()
                        .value(digest)
                        .equals(pipeline.source().value(digest)));
    }

    @Test
    void areNotMadeOfWhatIsWrongWithTheDestination() {
        pipeline = pipelines.create(Items.TABLE);
        AppliedAudit applied = Items.create(pipeline, Items.TABLE);
        pipeline.start().awaitSnapshots(Items.TABLE);
        blocks(
                "public.item",
                "ALTER TABLE public.item RENAME TO elsewhere",
                "ALTER TABLE public.elsewhere RENAME TO item");
        blocks(
                "disk full",
                "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'disk full' USING ERRCODE = '53100'; END $$;"
                        + "CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON public.item FOR EACH ROW EXECUTE FUNCTION full_disk();"
                        + "ALTER TABLE public.item ENABLE ALWAYS TRIGGER full_disk",
                "DROP FUNCTION full_disk CASCADE");
        Tables.assertEqual(pipeline, Items.TABLE);
        applied.assertOnceAndInOrder();
        assertThat(pipeline.destination().number("SELECT count(*) FROM cdc.dead_letter"))
                .isZero();
    }

    private void blocks(String cause, String broken, String mended) {
        try (Workload workload = new Workload(pipeline.source(), Items.TABLE).start()) {
            workload.awaitMore(50);
            pipeline.destination().execute(broken);
            workload.awaitMore(200);
            Await.until(
                    "health DOWN because of " + cause,
                    () -> Health.of(pipeline.consumer()).blames(cause));
            pipeline.destination().execute(mended);
            workload.stop();
        }
        Items.awaitFlow(pipeline, Items.TABLE);
    }
}
