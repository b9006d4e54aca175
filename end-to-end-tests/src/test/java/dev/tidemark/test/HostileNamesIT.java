package dev.tidemark.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.model.TableId;
import dev.tidemark.test.Admin.Answer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** Schemas, tables and columns may have any name that PostgreSQL takes. Nothing is ever made of a name but a name. */
@Tag("long")
class HostileNamesIT {

    private static final String SCHEMA = "my \"own\".schema\\ %s";

    private static final List<String> NAMES = List.of(
            "\"; DROP TABLE x; --",
            "'); DELETE FROM x; --",
            "dotted.\"quoted\" 'name'",
            "Größe_表_🐘",
            "x".repeat(63),
            "line\nbreak\r\ttab",
            "$$; DROP TABLE x; $sql$ $plpgsql$ $1 $marker",
            "back\\slash\\' \\\" \\u0000 \\",
            "100% %s %1$s %I %n %2F",
            "select",
            "a/b?c=d&e#f;g{h}+i:j@k",
            "${CDC_TABLES} #{1/0} {0} {}");

    private static final List<String> TABLES =
            NAMES.stream().map(name -> new TableId(SCHEMA, name).sql()).toList();

    private static final Pattern METRIC = Pattern.compile("(#.*|[a-z0-9_]+(\\{.*})? [^ ]+)?", Pattern.DOTALL);

    @RegisterExtension
    static final Pipelines PIPELINES = Pipelines.perClass();

    private static Pipeline pipeline;
    private static Admin producer;
    private static Admin consumer;

    @BeforeAll
    static void start() {
        pipeline = PIPELINES
                .create("public.x")
                .consumerWith("CDC_SINK_CREATETABLES", "true")
                .onBoth("CREATE TABLE x (id int PRIMARY KEY)");
        pipeline.source().execute("CREATE SCHEMA " + TableId.quote(SCHEMA));
        TABLES.forEach(table -> pipeline.source().execute(create(table), insert(table, 1, 5)));
        pipeline.start().awaitSnapshots("public.x");
        producer = new Admin(pipeline.producer());
        consumer = new Admin(pipeline.consumer());
    }

    /** A column for each of the names. The first two are the key. */
    private static String create(String table) {
        return "CREATE TABLE %s (%s, PRIMARY KEY (%s, %s))"
                .formatted(
                        table,
                        NAMES.stream()
                                .map(name -> TableId.quote(name) + (NAMES.indexOf(name) == 0 ? " int" : " text"))
                                .collect(Collectors.joining(", ")),
                        column(0),
                        column(1));
    }

    private static String column(int place) {
        return TableId.quote(NAMES.get(place));
    }

    private static String insert(String table, int from, int to) {
        String values = NAMES.stream()
                .skip(1)
                .map(name -> "'" + name.replace("'", "''") + "'")
                .collect(Collectors.joining(", "));
        return "INSERT INTO %s SELECT n, %s FROM generate_series(%d, %d) n".formatted(table, values, from, to);
    }

    private static String encoded(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Test
    void areNamesAllTheWay() {
        addedByHttp();
        streamed();
        refusedAndReplayed();
        copiedAnew();
        shown();
        removedByHttp();
        assertThat(List.of(pipeline.source(), pipeline.destination()))
                .allMatch(database ->
                        database.value("SELECT to_regclass('public.x')").equals("x"));
    }

    private static void addedByHttp() {
        for (String table : TABLES) {
            Answer answer = producer.put("/admin/tables/" + encoded(table));
            assertThat(answer.status()).as("PUT %s: %s", table, answer).isEqualTo(200);
            assertThat(TableId.parse(answer.body().path("table").asString())).isEqualTo(TableId.parse(table));
            assertThat(answer.body().path("topic").asString()).matches("[a-zA-Z0-9._-]{1,249}");
        }
        pipeline.awaitSnapshots(TABLES.toArray(String[]::new));
        Tables.assertEqual(pipeline, TABLES.toArray(String[]::new));
        assertThat(pipeline.source().column("SELECT table_name FROM cdc.outdated()"))
                .isEmpty();
    }

    private static void streamed() {
        for (String table : TABLES) {
            pipeline.source()
                    .execute(
                            insert(table, 6, 9),
                            "UPDATE %s SET %s = %s || '!' WHERE %s > 4"
                                    .formatted(table, column(3), column(2), column(0)),
                            "UPDATE %s SET %2$s = -%2$s, %3$s = %3$s || %4$s WHERE %2$s = 2"
                                    .formatted(table, column(0), column(1), column(5)),
                            "DELETE FROM %s WHERE %s IN (1, 7)".formatted(table, column(0)));
        }
        Tables.assertEqual(pipeline, TABLES.toArray(String[]::new));
    }

    private static void refusedAndReplayed() {
        String constraint = TableId.quote("not 'nine' \"; DROP TABLE x; --");
        for (String table : TABLES) {
            pipeline.destination()
                    .execute("ALTER TABLE %s ADD CONSTRAINT %s CHECK (%s <> 99)"
                            .formatted(table, constraint, column(0)));
            pipeline.source().execute(insert(table, 99, 100));
        }
        for (String table : TABLES) {
            String filter = "?table=" + encoded(table);
            Await.until(
                    "the dead letter of " + table,
                    () -> consumer.get("/admin/dead-letters" + filter)
                                    .path("letters")
                                    .size()
                            == 1);
            pipeline.destination().execute("ALTER TABLE %s DROP CONSTRAINT %s".formatted(table, constraint));
            assertThat(consumer.post("/admin/dead-letters/replay" + filter, "").status())
                    .isEqualTo(202);
            Tables.assertEqual(pipeline, table);
        }
        Await.until(
                "all letters are published",
                () -> pipeline.destination().number("SELECT count(published_at) FROM cdc.dead_letter")
                        == TABLES.size());
    }

    private static void copiedAnew() {
        for (String table : TABLES) {
            pipeline.destination().execute("UPDATE %s SET %s = 'changed here'".formatted(table, column(4)));
        }
        String names = TABLES.stream().map(HostileNamesIT::json).collect(Collectors.joining(","));
        assertThat(producer.post("/admin/snapshots", "{\"tables\":[" + names + "]}")
                        .status())
                .isEqualTo(202);
        Tables.assertEqual(pipeline, TABLES.toArray(String[]::new));
    }

    private static String json(String text) {
        return tools.jackson.databind.json.JsonMapper.shared().writeValueAsString(text);
    }

    private static void shown() {
        JsonNode offsets = consumer.get("/admin/offsets").path("offsets");
        assertThat(offsets.valueStream()
                        .map(offset ->
                                offset.path("partition").path("kafka_topic").asString()))
                .containsAll(TABLES.stream().map(pipeline::topic).toList());
        for (var service : List.of(pipeline.producer(), pipeline.consumer())) {
            assertThat(Health.of(service).isUp()).as("%s", Health.of(service)).isTrue();
            assertThat(service.get("/actuator/prometheus").split("\n")).allMatch(METRIC.asMatchPredicate());
        }
    }

    private static void removedByHttp() {
        for (String table : TABLES) {
            assertThat(producer.delete("/admin/tables/" + encoded(table)).status())
                    .isEqualTo(200);
        }
        assertThat(pipeline.source().column("SELECT table_name FROM cdc.tracked_table WHERE active"))
                .containsExactly("x");
    }
}
