package dev.tidemark.test;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Every kind of table and of statement, from the table's first rows to its last change. */
class TableMatrixIT {

    @RegisterExtension
    static final Pipelines PIPELINES = Pipelines.perClass();

    private static Pipeline pipeline;
    private static List<TableCase> available;

    @BeforeAll
    static void carryEverything() {
        pipeline = PIPELINES.create("").consumerWith("CDC_SINK_CREATETABLES", "true");
        TestDatabase source = pipeline.source();
        long version = source.number("SHOW server_version_num") / 10_000;
        available = TableCase.all().filter(table -> version >= table.since()).toList();
        available.forEach(table -> source.execute(table.setup()));
        source.execute("CREATE TABLE still (id int PRIMARY KEY, n int); INSERT INTO still VALUES (1, 1)");
        List<String> tables = Stream.concat(
                        available.stream().flatMap(table -> table.tables().stream()), Stream.of("public.still"))
                .toList();
        pipeline.producerWith("CDC_TABLES", tables.stream().collect(joining(",")))
                .start();
        pipeline.awaitSnapshots(tables.toArray(String[]::new));
        available.forEach(table -> source.execute(table.statements().toArray(String[]::new)));
    }

    @TestFactory
    Stream<DynamicTest> arrivesAsItIs() {
        return TableCase.all()
                .map(table -> dynamicTest(table.name(), () -> {
                    assumeThat(available)
                            .as("tables that this PostgreSQL knows")
                            .contains(table);
                    Tables.assertEqual(pipeline, table.tables().toArray(String[]::new));
                }));
    }

    @Test
    void statementsWithoutEffectSendNothing() {
        pipeline.source()
                .execute(
                        "INSERT INTO still VALUES (1, 2) ON CONFLICT DO NOTHING",
                        "UPDATE still SET n = 3 WHERE id = 2",
                        "DELETE FROM still WHERE false",
                        "INSERT INTO still SELECT 7, 7 WHERE false",
                        "UPDATE still SET n = 4");
        Tables.assertEqual(pipeline, "public.still");
        assertThat(TopicAudit.of(pipeline, "public.still").changes()).hasSize(1);
    }
}
