package dev.tidemark.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.stack.ServiceProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is not chosen is found nowhere behind the table: not in the change log, in no topic, in no log of the services, and nowhere at the destination. */
@Tag("long")
class CaptureChoiceIT {

    private static final String PEOPLE = "public.people";
    private static final String NOTES = "public.notes";

    /** In columns that are excluded, masked or hashed, and in rows that the condition leaves out. */
    private static final String SECRET = "Rosebud-4711";

    private static final String OPEN = "Xanadu-4712";
    private static final String HASH_KEY = "a key that only the source may know";

    private static final String CHOICE = """
            {"cdc": {"capture": {"hash-key": "%s", "tables": {"[public.people]": {
              "columns": {"exclude": ["ssn", "papers"], "mask": ["email", "born"], "hash": ["phone"]},
              "rows": "region = 'EU' AND NOT coalesce(hidden, false)"}}}}}""".formatted(HASH_KEY);

    private static final String SHARED = """
            SELECT (id, name, '****', NULL, cdc.hash(phone), region, hidden, n)::text FROM people
            WHERE region = 'EU' AND NOT coalesce(hidden, false) ORDER BY id""";
    private static final String COPIED =
            "SELECT (id, name, email, born, phone, region, hidden, n)::text FROM people ORDER BY id";

    @RegisterExtension
    final Pipelines pipelines = Pipelines.perTest();

    @Test
    void whatIsNotChosenIsFoundNowhere() {
        Pipeline pipeline = pipelines
                .create(PEOPLE)
                .producerWith("SPRING_APPLICATION_JSON", CHOICE)
                .producerWith("LOGGING_LEVEL_DEV_TIDEMARK", "DEBUG")
                .consumerWith("LOGGING_LEVEL_DEV_TIDEMARK", "DEBUG")
                .producerWith("CDC_SNAPSHOT_MAXCHUNKROWS", "50")
                .producerWith("MANAGEMENT_ENDPOINTS_WEB_EXPOSURE_INCLUDE", "*")
                .consumerWith("MANAGEMENT_ENDPOINTS_WEB_EXPOSURE_INCLUDE", "*");
        createTables(pipeline);
        pipeline.source().execute(insert("ssn", 1, 200));
        pipeline.start().awaitSnapshots(PEOPLE);
        assertShared(pipeline);

        writes(pipeline);
        Admin producer = new Admin(pipeline.producer());
        pipeline.destination().execute("UPDATE people SET name = 'changed here' WHERE id < 50");
        producer.post("/admin/snapshots", "{\"tables\":[\"public.people\"]}");
        assertShared(pipeline);
        choosesWhileItRuns(pipeline, producer);
        isRefusedByTheDestination(pipeline);

        assertFoundNowhere(pipeline);
    }

    private static void createTables(Pipeline pipeline) {
        pipeline.source()
                .execute(
                        "CREATE TABLE people (id int PRIMARY KEY, name text, ssn text NOT NULL, papers text[], email varchar(40), born date, phone text, region text, hidden boolean, n int)");
        pipeline.destination()
                .execute(
                        "CREATE TABLE people (id int PRIMARY KEY, name text, email varchar(40), born date, phone text, region text, hidden boolean, n int CHECK (n < 1000))");
        pipeline.onBoth("CREATE TABLE notes (id int PRIMARY KEY, body text)");
    }

    /** Every third row is not to be shared, by one or the other half of the condition. */
    private static String insert(String ssn, int from, int to) {
        return """
                INSERT INTO people (id, name, %3$s, email, born, phone, region, hidden, n)
                SELECT i, CASE WHEN i %% 3 = 0 THEN '%1$s' ELSE '%2$s' END, '%1$s', '%1$s@example.org', '1941-05-01', '%1$s' || i,
                  CASE WHEN i %% 6 = 0 THEN 'US' ELSE 'EU' END, i %% 6 = 3, 0
                FROM generate_series(%4$d, %5$d) i""".formatted(SECRET, OPEN, ssn, from, to);
    }

    private static void writes(Pipeline pipeline) {
        TestDatabase source = pipeline.source();
        source.execute(
                insert("ssn", 201, 220),
                "UPDATE people SET n = n + 1, ssn = '%1$s 2', papers = '{%1$s}', phone = '%1$s 3'".formatted(SECRET),
                "UPDATE people SET region = 'US', name = '%s' WHERE id %% 7 = 0".formatted(SECRET),
                "UPDATE people SET region = 'EU', hidden = false, name = '%s' WHERE id %% 5 = 0".formatted(OPEN),
                "UPDATE people SET id = id + 1000 WHERE id BETWEEN 30 AND 60",
                "DELETE FROM people WHERE id BETWEEN 100 AND 140");
        assertShared(pipeline);
        source.execute(
                "ALTER TABLE people RENAME ssn TO number",
                "UPDATE people SET n = n + 1, number = '%s 4'".formatted(SECRET),
                "ALTER TABLE people DROP papers",
                insert("number", 300, 320));
        assertShared(pipeline);
        source.execute("TRUNCATE people", insert("number", 1, 120));
        assertShared(pipeline);
    }

    /** From when the request was answered on. */
    private static void choosesWhileItRuns(Pipeline pipeline, Admin producer) {
        TestDatabase source = pipeline.source();
        source.execute("INSERT INTO notes SELECT i, '%s' FROM generate_series(1, 500) i".formatted(OPEN));
        assertThat(producer.put("/admin/tables/public.notes", "{\"rows\":\"id > 400\"}")
                        .status())
                .isEqualTo(200);
        assertThat(producer.put("/admin/tables/public.notes", "{\"columns\":{\"hash\":[\"body\"]}}")
                        .body()
                        .path("choice")
                        .toString())
                .isEqualTo("{\"columns\":{\"hash\":[\"body\"]}}");
        source.execute("UPDATE notes SET body = '%s' || id".formatted(SECRET));
        List<String> hashes = source.column("SELECT id || cdc.hash(body) FROM notes ORDER BY id");
        Await.until(
                "hashes",
                () -> pipeline.destination()
                        .column("SELECT id || body FROM notes ORDER BY id")
                        .equals(hashes));
        assertThat(producer.put("/admin/tables/public.notes", "{\"columns\":{\"hash\":[\"id\"]}}")
                        .status())
                .isEqualTo(422);
    }

    /** A dead letter holds the event. */
    private static void isRefusedByTheDestination(Pipeline pipeline) {
        pipeline.source().execute("UPDATE people SET n = 5000 WHERE id = 1");
        Await.until(
                "a dead letter in its topic",
                () -> pipeline.destination().number("SELECT count(published_at) FROM cdc.dead_letter") == 1);
    }

    private static void assertShared(Pipeline pipeline) {
        List<String> shared = pipeline.source().column(SHARED);
        assertThat(shared).isNotEmpty();
        Await.until("shared rows", () -> pipeline.destination().column(COPIED).equals(shared));
    }

    private static void assertFoundNowhere(Pipeline pipeline) {
        List<ServiceProcess> services = List.of(pipeline.producer(), pipeline.consumer());
        Map<String, String> places = new TreeMap<>(TopicBytes.of(pipeline));
        places.put(
                "the change log", String.join("\n", pipeline.source().column("SELECT l::text FROM cdc.change_log l")));
        places.putAll(contents(pipeline.destination()));
        services.forEach(service -> places.put("the log of " + service.log(), text(service)));
        assertThat(places.entrySet().stream()
                        .filter(place -> place.getValue().contains(OPEN))
                        .map(Map.Entry::getKey))
                .as("where shared values are found")
                .contains(
                        "the change log",
                        pipeline.topic(PEOPLE),
                        pipeline.topic(PEOPLE) + "-dlt",
                        PEOPLE,
                        "cdc.dead_letter");

        places.forEach((place, text) -> assertThat(text).as(place).doesNotContain(SECRET, "1941-05-01", HASH_KEY));
        assertThat(pipeline.source().value("SELECT string_agg(t::text, '') FROM cdc.hash_key t"))
                .doesNotContain(HASH_KEY);
        Secrets.assertUntold(services, SECRET, HASH_KEY);
    }

    /** Everything that is in a database, by table. */
    private static Map<String, String> contents(TestDatabase database) {
        Map<String, String> contents = new TreeMap<>();
        for (String table : database.column(
                "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')")) {
            contents.put(table, String.join("\n", database.column("SELECT t::text FROM " + table + " t")));
        }
        return contents;
    }

    private static String text(ServiceProcess service) {
        try {
            return Files.readString(service.log());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
