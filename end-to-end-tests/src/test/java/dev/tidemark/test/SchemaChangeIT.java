package dev.tidemark.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/**
 * Tables are altered while they are written, one for each of the ways in which the destination may follow. Somebody does there what the consumer's status asks for, and
 * nothing else.
 */
@Tag("long")
class SchemaChangeIT {

    private static final String TABLE = """
            CREATE TABLE %s (id int PRIMARY KEY, amount int NOT NULL, note text, total int, spare text NOT NULL %s, code varchar(3))""";

    private static final String POLICIES = """
            {"cdc":{"sink":{"tables":{
              "[public.applying]":{"schema-changes":"apply"},
              "[public.waiting]":{"schema-changes":"wait"},
              "[public.ignoring]":{"schema-changes":"ignore"}}}}}""";

    /** Each with a statement that gives values to be carried. */
    private static final String[][] ALTERATIONS = {
        {"ADD COLUMN extra int", "UPDATE %s SET extra = id WHERE id %% 2 = 0"},
        {"ADD COLUMN five int NOT NULL DEFAULT 5", "UPDATE %s SET five = 6 WHERE id %% 3 = 0"},
        {"RENAME COLUMN note TO remark", "UPDATE %s SET remark = 'r' || id WHERE id %% 2 = 1"},
        {"ALTER COLUMN total TYPE bigint", "UPDATE %s SET total = 5000000000 + id WHERE id %% 2 = 0"},
        {"ALTER COLUMN code TYPE varchar(9)", "UPDATE %s SET code = 'c' || 1000 + id WHERE id %% 2 = 0"},
        {
            "ADD COLUMN late text; UPDATE %1$s SET late = 'l' || id; ALTER TABLE %1$s RENAME late TO later", // one
            // transaction
            "UPDATE %s SET later = 'm' || id WHERE id %% 3 = 0"
        },
        {"DROP COLUMN spare", "UPDATE %s SET amount = amount + 1 WHERE id %% 2 = 0"},
    };

    private static final String BY_ITSELF = "run this at the destination: ";
    private static final int KEYS = 300;
    /** How many changes come between two alterations. */
    private static final int CHANGES = 100;

    @RegisterExtension
    final Pipelines pipelines = Pipelines.perTest();

    private final Map<String, Set<String>> asked = new TreeMap<>();
    private final AtomicLong written = new AtomicLong();
    private volatile boolean done;
    private volatile SQLException failure;

    @Test
    void destinationFollowsAsItIsWishedForEachTable() throws Exception {
        List<String> tables = List.of("applying", "waiting", "ignoring");
        Pipeline pipeline = pipelines
                .create("public.applying,public.waiting,public.ignoring")
                .consumerWith("SPRING_APPLICATION_JSON", POLICIES);
        for (String table : tables) {
            pipeline.source().execute(TABLE.formatted(table, "DEFAULT 's'"));
            pipeline.source()
                    .execute(
                            "INSERT INTO %s (id, amount, note, code) SELECT i, i, 'n' || i, 'c' FROM generate_series(1, %d) i"
                                    .formatted(table, KEYS));
            pipeline.destination().execute(TABLE.formatted(table, ""));
        }
        pipeline.start().awaitSnapshots("applying", "waiting", "ignoring");

        Thread writer = new Thread(() -> write(pipeline, tables));
        writer.start();
        for (String[] alteration : ALTERATIONS) {
            for (String table : tables) {
                pipeline.source()
                        .execute(
                                ("ALTER TABLE %1$s " + alteration[0]).formatted(table), alteration[1].formatted(table));
            }
            long until = written.get() + CHANGES;
            Await.until("some more changes", () -> {
                operate(pipeline);
                return written.get() >= until || failure != null;
            });
        }
        done = true;
        writer.join();
        assertThat((Throwable) failure).as("writers notice nothing").isNull();

        assertFollowed(pipeline, "(SELECT id, amount, remark, total, code, extra, five, later FROM applying)");
        assertFollowed(pipeline, "(SELECT id, amount, remark, total, code, extra, five, later FROM waiting)");
        assertFollowed(pipeline, "(SELECT id, amount, total, code FROM ignoring)");
        assertThat(pipeline.destination().number("SELECT count(*) FROM cdc.dead_letter"))
                .isZero();
        assertThat(asked.get("applying"))
                .containsExactly("RENAME COLUMN \"late\" TO \"later\"", "RENAME COLUMN \"note\" TO \"remark\"");
        assertThat(asked.get("waiting"))
                .containsExactly(
                        "ADD COLUMN \"extra\" integer",
                        "ADD COLUMN \"five\" integer",
                        "ADD COLUMN \"late\" text",
                        "ALTER COLUMN \"code\" TYPE character varying(9)",
                        "ALTER COLUMN \"spare\" DROP NOT NULL",
                        "ALTER COLUMN \"total\" TYPE bigint",
                        "RENAME COLUMN \"late\" TO \"later\"",
                        "RENAME COLUMN \"note\" TO \"remark\"");
        assertThat(asked.get("ignoring"))
                .containsExactly(
                        "ALTER COLUMN \"code\" TYPE character varying(9)",
                        "ALTER COLUMN \"spare\" DROP NOT NULL",
                        "ALTER COLUMN \"total\" TYPE bigint");
        assertThat(status(pipeline)
                        .path("ignoredColumns")
                        .path("public.ignoring")
                        .valueStream())
                .extracting(JsonNode::asString)
                .containsExactly("extra", "five", "late", "later", "remark");
        assertThat(Scrape.of(pipeline.consumer()).value("cdc_ignored_columns", "table", "public.ignoring"))
                .isEqualTo(5);
    }

    private void assertFollowed(Pipeline pipeline, String rows) {
        String digest = "SELECT count(*) || ' ' || sum(hashtextextended(t::text, 0)) FROM " + rows + " t";
        String wanted = pipeline.source().value(digest);
        Await.until("equal rows of " + rows, () -> {
            operate(pipeline);
            return wanted.equals(pipeline.destination().value(digest));
        });
    }

    /** Does what the consumer asks for. */
    private void operate(Pipeline pipeline) {
        for (JsonNode partition : status(pipeline).path("partitions")) {
            String message = partition.path("problem").path("message").asString("");
            int begin = message.indexOf(BY_ITSELF);
            if (begin >= 0) {
                for (String statement :
                        message.substring(begin + BY_ITSELF.length()).split("; ")) {
                    run(pipeline, statement);
                }
            }
        }
    }

    private void run(Pipeline pipeline, String statement) {
        String[] parts = statement.split(" ", 4);
        asked.computeIfAbsent(parts[2].replace("\"", "").replace("public.", ""), table -> new TreeSet<>())
                .add(parts[3]);
        try {
            pipeline.destination().execute(statement);
        } catch (IllegalStateException e) {
            // it was done a moment ago
        }
    }

    private static JsonNode status(Pipeline pipeline) {
        return new Admin(pipeline.consumer()).get("/admin/status");
    }

    private void write(Pipeline pipeline, List<String> tables) {
        Random random = new Random(Seed.next());
        try (Connection connection = pipeline.source().connect()) {
            List<PreparedStatement> writes = new ArrayList<>();
            for (String table : tables) {
                writes.add(connection.prepareStatement("INSERT INTO " + table
                        + " (id, amount) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET amount = excluded.amount"));
                writes.add(connection.prepareStatement("DELETE FROM " + table + " WHERE id = ? AND amount < ?"));
            }
            while (!done) {
                PreparedStatement write = writes.get(random.nextInt(writes.size()));
                write.setInt(1, 1 + random.nextInt(KEYS));
                write.setInt(2, random.nextInt(1000));
                write.executeUpdate();
                written.incrementAndGet();
            }
        } catch (SQLException e) {
            failure = e;
        }
    }
}
