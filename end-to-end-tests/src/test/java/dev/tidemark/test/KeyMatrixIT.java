package dev.tidemark.test;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Every kind of key: rows are found by theirs whatever is done to it, and ranges of it hold the same rows on both sides. */
@Tag("long")
@TestMethodOrder(OrderAnnotation.class)
class KeyMatrixIT {

    /** By the names of their tables. */
    private static final Map<String, KeyCase> KEYS = new LinkedHashMap<>();

    private static final String UNCAPTURED = "SET session_replication_role = replica; ";

    @RegisterExtension
    static final Pipelines PIPELINES = Pipelines.perClass();

    private static Pipeline pipeline;

    @BeforeAll
    static void start() {
        KeyCase.all().forEach(key -> KEYS.put("public.key_" + KEYS.size(), key));
        pipeline = PIPELINES
                .create(String.join(",", KEYS.keySet()) + ",collated,ordered")
                .consumerWith("CDC_SINK_CREATETABLES", "true")
                .producerWith("CDC_SNAPSHOT_MAXCHUNKROWS", "2")
                .producerWith(
                        "CDC_KEYS",
                        KEYS.entrySet().stream()
                                .filter(table -> table.getValue().isChosen())
                                .map(table -> table.getKey() + "=" + KeyCase.index(table.getKey()))
                                .collect(joining(",")));
        pipeline.onBoth(Types.DEFINITIONS);
        KEYS.forEach((table, key) -> {
            pipeline.source().execute(key.ddl(table), key.insert(table, 0));
            if (key.columns().contains("icu")) {
                pipeline.destination().execute(key.ddl(table).replace("DEFERRABLE", ""));
            }
        });
        orderDifferently();
        pipeline.start();
    }

    private static void orderDifferently() {
        pipeline.source()
                .execute(
                        "CREATE TYPE size AS ENUM ('S', 'M', 'L', 'XL'); CREATE TABLE ordered (k size PRIMARY KEY); INSERT INTO ordered VALUES ('L'), ('S'), ('M'), ('XL')",
                        "CREATE TABLE collated (k text COLLATE \"und-x-icu\" PRIMARY KEY); INSERT INTO collated VALUES ('a'), ('B'), ('c'), ('D')");
        pipeline.destination()
                .execute(
                        "CREATE TYPE size AS ENUM ('L', 'M', 'S', 'XL'); CREATE TABLE ordered (k size PRIMARY KEY)",
                        "CREATE TABLE collated (k text PRIMARY KEY)");
    }

    @TestFactory
    @Order(1)
    Stream<DynamicTest> areCopiedInRanges() {
        return tables("first snapshot");
    }

    @TestFactory
    @Order(2)
    Stream<DynamicTest> areWritten() {
        KEYS.forEach((table, key) -> pipeline.source()
                .execute(
                        key.insert(table, 1),
                        "UPDATE " + table + " SET n = n + 100",
                        key.rotate(table),
                        "DELETE FROM " + table + " WHERE n % 5 = 0",
                        key.rotate(table)));
        return tables("inserts, updates, keys that change places, deletes");
    }

    /** After writes that fired no triggers, the copy is wrong in all ways at once: rows are missing, too many, or others. */
    @TestFactory
    @Order(3)
    Stream<DynamicTest> areRepairedInRanges() {
        KEYS.forEach((table, key) -> pipeline.source()
                .execute(
                        UNCAPTURED + "DELETE FROM " + table + " WHERE n % 5 IN (1, 2)",
                        UNCAPTURED + key.insertMissing(table),
                        UNCAPTURED + "UPDATE " + table + " SET n = -n WHERE n % 5 = 3",
                        UNCAPTURED + key.rotate(table)));
        new Admin(pipeline.producer())
                .post("/admin/snapshots", KEYS.keySet().stream().collect(joining("\",\"", "{\"tables\":[\"", "\"]}")));
        return tables("new snapshot");
    }

    private static Stream<DynamicTest> tables(String what) {
        return KEYS.entrySet().stream()
                .map(table -> dynamicTest(
                        table.getValue() + ": " + what, () -> Tables.assertEqual(pipeline, table.getKey())));
    }

    @Test
    @Order(4)
    void isRefusedInRangesWhereTheDestinationOrdersTextInAnotherWay() {
        awaitBlame(
                "\\\"k\\\" of public.collated is ordered by icu:und",
                "by C at the destination",
                "cdc.snapshot.key-order=C");
        pipeline.destination().execute("ALTER TABLE collated ALTER k TYPE text COLLATE \"und-x-icu\"");
        Tables.assertEqual(pipeline, "public.collated");
    }

    @Test
    @Order(5)
    void isRefusedInRangesWhereTheDestinationOrdersLabelsInAnotherWay() {
        awaitBlame(
                "\\\"k\\\" of public.ordered is ordered by enum:'S','M','L','XL'",
                "by enum:'L','M','S','XL' at the destination",
                "same labels in the same order");
        pipeline.destination()
                .execute(
                        "ALTER TYPE size RENAME TO wrong; CREATE TYPE size AS ENUM ('S', 'M', 'L', 'XL'); ALTER TABLE ordered ALTER k TYPE size USING k::text::size");
        Tables.assertEqual(pipeline, "public.ordered");
    }

    private static void awaitBlame(String... parts) {
        Await.until("the refusal", () -> Health.of(pipeline.consumer()).blames(parts));
    }
}
