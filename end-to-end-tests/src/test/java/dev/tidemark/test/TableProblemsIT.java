package dev.tidemark.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.stack.ServiceProcess;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is wrong with one table is said loudly, with what to do, and stops no other table. Each test has a table of its own in one pipeline. */
class TableProblemsIT {

    private static final int MEGABYTE = 1 << 20;

    @RegisterExtension
    static final Pipelines PIPELINES = Pipelines.perClass();

    private static Pipeline pipeline;

    @BeforeAll
    static void start() {
        pipeline = PIPELINES.create(
                "public.item,public.missing,public.keyless,public.checked,public.homeless,public.large");
        Items.create(pipeline, Items.TABLE);
        pipeline.onBoth("CREATE TABLE keyless (n int)", "CREATE TABLE large (id int PRIMARY KEY, doc text)");
        pipeline.source()
                .execute(
                        "CREATE TABLE checked (id int PRIMARY KEY, n int)",
                        "CREATE TABLE homeless (id int PRIMARY KEY)");
        pipeline.destination()
                .execute("CREATE TABLE checked (id int PRIMARY KEY, n int CONSTRAINT positive CHECK (n > 0))");
        pipeline.start().awaitSnapshots(Items.TABLE, "public.checked", "public.homeless", "public.large");
    }

    @Test
    void tableThatDoesNotExistIsNamedAndTakenUpWhenItComes() {
        awaitBlame(pipeline.producer(), "public.missing", "does not exist", "create it");
        Items.awaitFlow(pipeline, Items.TABLE);
        pipeline.onBoth("CREATE TABLE missing (id int PRIMARY KEY)");
        pipeline.awaitSnapshots("public.missing");
        pipeline.source().execute("INSERT INTO missing VALUES (1)");
        Tables.assertEqual(pipeline, "public.missing");
        assertThat(Health.of(pipeline.producer()).details().toString()).doesNotContain("public.missing");
    }

    @Test
    void tableWithoutKeyIsNamedAndTakenUpWhenItHasOne() {
        awaitBlame(pipeline.producer(), "keyless", "primary key", "ADD PRIMARY KEY");
        Items.awaitFlow(pipeline, Items.TABLE);
        pipeline.onBoth("ALTER TABLE keyless ADD PRIMARY KEY (n)");
        pipeline.awaitSnapshots("public.keyless");
        pipeline.source().execute("INSERT INTO keyless VALUES (1)");
        Tables.assertEqual(pipeline, "public.keyless");
    }

    @Test
    void tableThatTheDestinationLacksIsNamedAndGoesOnWhenItIsMade() {
        pipeline.source().execute("INSERT INTO homeless VALUES (1), (2)");
        awaitBlame(pipeline.consumer(), "public.homeless", "does not exist", "create it");
        Items.awaitFlow(pipeline, Items.TABLE);
        pipeline.destination().execute("CREATE TABLE homeless (id int PRIMARY KEY)");
        Tables.assertEqual(pipeline, "public.homeless");
    }

    @Test
    void refusedRowBlocksNothing() {
        pipeline.source()
                .execute(
                        "INSERT INTO checked VALUES (1, 1)",
                        "INSERT INTO checked VALUES (42, -5), (43, 5)",
                        "UPDATE checked SET n = 2 WHERE id = 1");
        Await.until(
                "the good rows",
                () -> pipeline.destination()
                        .column("SELECT id || ' ' || n FROM checked ORDER BY id")
                        .equals(List.of("1 2", "43 5")));
        assertThat(letters("public.checked")).containsExactly("42 check \"positive\"");
        pipeline.destination().execute("ALTER TABLE checked DROP CONSTRAINT positive");
        new Admin(pipeline.consumer()).post("/admin/dead-letters/replay?table=public.checked", "");
        Tables.assertEqual(pipeline, "public.checked");
    }

    @Test
    void rowThatNoMessageCarriesBlocksNothing() {
        insertLarge(1, 10);
        Tables.assertEqual(pipeline, "public.large");
        insertLarge(2, 20);
        insertLarge(3, 1);
        Await.until(
                "the small row", () -> pipeline.destination().number("SELECT count(*) FROM large WHERE id = 3") == 1);
        assertThat(letters("public.large")).containsExactly("2 row left out at the source");
    }

    private static List<String> letters(String table) {
        return pipeline.destination()
                .column(
                        "SELECT (key::jsonb ->> 'id') || ' ' || cause FROM cdc.dead_letter WHERE state = 'open' AND table_name = '"
                                + table + "'");
    }

    @Test
    void tablesThatWouldShareTopicRefuseTheStart() {
        try (Pipeline clashing = new Pipeline(SharedStack.get(), "public.\"a.b\",public.\"a_b\",public.item")) {
            ServiceProcess producer = clashing.newProducer();
            assertThatThrownBy(producer::start)
                    .hasMessageContaining("public.\"a.b\"")
                    .hasMessageContaining("public.a_b");
            assertThat(producer.alive()).isFalse();
        }
    }

    /** Of letters at random, which nothing compresses much. */
    private static void insertLarge(int id, int megabytes) {
        pipeline.source()
                .execute("INSERT INTO large SELECT %d, string_agg(md5(random()::text), '') FROM generate_series(1, %d)"
                        .formatted(id, megabytes * MEGABYTE / 32));
    }

    private static void awaitBlame(ServiceProcess service, String... parts) {
        Await.until(
                "health DOWN because of " + String.join(" ", parts),
                () -> Health.of(service).blames(parts));
    }
}
