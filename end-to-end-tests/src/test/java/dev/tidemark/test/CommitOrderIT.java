package dev.tidemark.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Changes arrive in the order of their commits, whatever the order of ids and transaction numbers. */
@Tag("long")
class CommitOrderIT {

    private static final Duration OPEN = Duration.ofSeconds(20);
    private static final long IN_OPEN_TRANSACTION = 1;
    private static final long IN_PREPARED_TRANSACTION = 2;

    @RegisterExtension
    final Pipelines pipelines = Pipelines.perTest();

    @Test
    void noneIsLostLateOrOutOfOrderWhileTransactionsStayOpen() throws SQLException {
        Pipeline pipeline = pipelines.create(Items.TABLE);
        AppliedAudit applied = Items.create(pipeline, Items.TABLE);
        pipeline.start().awaitSnapshots(Items.TABLE);
        try (Workload workload = new Workload(pipeline.source(), Items.TABLE)
                        .sessions(8)
                        .keys(60)
                        .start();
                Connection open = pipeline.source().connect();
                Connection prepared = pipeline.source().connect()) {
            begin(open, IN_OPEN_TRANSACTION);
            begin(prepared, IN_PREPARED_TRANSACTION);
            execute(prepared, "PREPARE TRANSACTION '" + pipeline.source().name() + "'");
            long begun = System.nanoTime();
            int passed = 0;
            while (System.nanoTime() - begun < OPEN.toNanos()) {
                Items.awaitFlow(pipeline, Items.TABLE);
                passed++;
            }
            assertThat(passed).as("rows that passed the open transactions").isGreaterThan(20);
            assertThat(Items.has(pipeline.destination(), Items.TABLE, IN_OPEN_TRANSACTION))
                    .isFalse();
            assertThat(Items.has(pipeline.destination(), Items.TABLE, IN_PREPARED_TRANSACTION))
                    .isFalse();
            execute(open, "COMMIT");
            execute(prepared, "COMMIT PREPARED '" + pipeline.source().name() + "'");
            workload.awaitMore(100);
            workload.stop();
        }
        Tables.assertEqual(pipeline, Items.TABLE);
        assertThat(Items.has(pipeline.destination(), Items.TABLE, IN_OPEN_TRANSACTION))
                .isTrue();
        assertThat(Items.has(pipeline.destination(), Items.TABLE, IN_PREPARED_TRANSACTION))
                .isTrue();
        applied.assertOnceAndInOrder();
        TopicAudit.of(pipeline, Items.TABLE).assertCompleteAndInOrder();
    }

    private static void begin(Connection session, long probe) throws SQLException {
        execute(session, "BEGIN");
        execute(session, Items.insert(Items.TABLE, probe));
    }

    private static void execute(Connection session, String sql) throws SQLException {
        try (Statement statement = session.createStatement()) {
            statement.execute(sql);
        }
    }
}
