package dev.tidemark.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.stack.ServiceProcess;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** More than one producer and more than one consumer do no harm, and one that comes back from the dead neither. */
@Tag("long")
class FailoverIT {

    private static final String FIRST = "public.item_a";
    private static final String SECOND = "public.item_b";

    /** Sessions of the producer that holds the lock of the active one. */
    private static final String TERMINATE_ACTIVE = """
            SELECT count(pg_terminate_backend(pid)) FROM pg_locks
            WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """;

    /** All sessions but this one and those of the workload. */
    private static final String TERMINATE_CONSUMERS = """
            SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'
            """;

    @RegisterExtension
    final Pipelines pipelines = Pipelines.perTest();

    private Pipeline pipeline;
    private AppliedAudit first;
    private AppliedAudit second;

    @BeforeEach
    void start() {
        pipeline = pipelines
                .create(FIRST + "," + SECOND)
                .consumerWith("SPRING_KAFKA_CONSUMER_PROPERTIES_SESSION_TIMEOUT_MS", "6000")
                .consumerWith("SPRING_KAFKA_CONSUMER_PROPERTIES_HEARTBEAT_INTERVAL_MS", "1000");
        first = Items.create(pipeline, FIRST);
        second = Items.create(pipeline, SECOND);
        pipeline.start().awaitSnapshots(FIRST, SECOND);
    }

    @Test
    void secondProducerWaitsAndTakesOver() {
        ServiceProcess standby = startProducer();
        underLoad(() -> {
            pipeline.producer().kill();
            awaitState(standby, "RUNNING");
            Items.awaitFlow(pipeline, FIRST);
            pipeline.producer().start();
            awaitState(pipeline.producer(), "STANDBY");
            standby.stop();
            awaitState(pipeline.producer(), "RUNNING");
            Items.awaitFlow(pipeline, SECOND);
        });
    }

    @Test
    void secondConsumerSharesTheTablesAndTakesOver() {
        ServiceProcess other = pipeline.newConsumer();
        other.start();
        underLoad(() -> {
            Items.awaitFlow(pipeline, FIRST);
            Items.awaitFlow(pipeline, SECOND);
            pipeline.consumer().kill();
            Items.awaitFlow(pipeline, FIRST);
            Items.awaitFlow(pipeline, SECOND);
            pipeline.consumer().start();
            other.stop();
            Items.awaitFlow(pipeline, FIRST);
            Items.awaitFlow(pipeline, SECOND);
        });
    }

    @Test
    void zombieProducerCannotDisturbItsSuccessor() {
        ServiceProcess standby = startProducer();
        underLoad(() -> {
            pipeline.producer().suspend();
            try {
                assertThat(pipeline.source().number(TERMINATE_ACTIVE)).isOne();
                awaitState(standby, "RUNNING");
                Items.awaitFlow(pipeline, FIRST);
            } finally {
                pipeline.producer().resume();
            }
            awaitState(pipeline.producer(), "STANDBY");
            Items.awaitFlow(pipeline, SECOND);
        });
    }

    @Test
    void zombieConsumerCannotCommitWhatItsSuccessorHasApplied() throws SQLException {
        ServiceProcess other = pipeline.newConsumer();
        underLoad(() -> {
            // With the table of offsets locked, the consumer stands in the midst of a batch when it freezes.
            try (Connection lock = pipeline.destination().connect();
                    Statement statement = lock.createStatement()) {
                lock.setAutoCommit(false);
                statement.execute("LOCK TABLE cdc.applied_offset IN ACCESS EXCLUSIVE MODE");
                Await.until(
                        "a batch under way",
                        () -> pipeline.destination()
                                        .number(
                                                "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'cdc.applied_offset'::regclass")
                                > 0);
                pipeline.consumer().suspend();
                lock.rollback();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
            try {
                pipeline.destination().value(TERMINATE_CONSUMERS);
                other.start();
                Items.awaitFlow(pipeline, FIRST);
                Items.awaitFlow(pipeline, SECOND);
            } finally {
                pipeline.consumer().resume();
            }
            Items.awaitFlow(pipeline, FIRST);
            Items.awaitFlow(pipeline, SECOND);
        });
    }

    private ServiceProcess startProducer() {
        ServiceProcess standby = pipeline.newProducer();
        standby.start();
        awaitState(standby, "STANDBY");
        return standby;
    }

    private static void awaitState(ServiceProcess producer, String state) {
        Await.until("producer " + state, () -> {
            Health health = Health.of(producer);
            return health.state().equals(state) && health.isUp();
        });
    }

    private void underLoad(Runnable events) {
        try (Workload load = new Workload(pipeline.source(), FIRST).sessions(3).start();
                Workload more =
                        new Workload(pipeline.source(), SECOND).sessions(1).start()) {
            load.awaitMore(100);
            events.run();
            load.awaitMore(100);
            load.stop();
            more.stop();
        }
        Tables.assertEqual(pipeline, FIRST, SECOND);
        first.assertOnceAndInOrder();
        second.assertOnceAndInOrder();
        TopicAudit.of(pipeline, FIRST).assertCompleteAndInOrder();
        TopicAudit.of(pipeline, SECOND).assertCompleteAndInOrder();
    }
}
