package dev.tidemark.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.stack.ServiceProcess;
import java.io.IOException;
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

    @RegisterExtension
    final Pipelines pipelines = Pipelines.perTest();

    private Pipeline pipeline;
    private AppliedAudit first;
    private AppliedAudit second;

    @BeforeEach
    void start() {
        pipeline = pipelines.create(FIRST + "," + SECOND);
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
            awaitFlow();
            pipeline.consumer().kill();
            awaitFlow();
            pipeline.consumer().start();
            other.stop();
            awaitFlow();
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

    /** The zombie has sent a batch on a connection that lives, but it arrives only after its successor has applied the same batch. */
    @Test
    void zombieConsumerCannotCommitWhatItsSuccessorHasApplied() throws IOException {
        TestDatabase destination = pipeline.destination();
        try (Gate gate =
                new Gate(destination.server().host(), destination.server().port())) {
            ServiceProcess zombie = pipeline.newConsumerThrough(gate.port());
            zombie.start();
            pipeline.consumer().stop();
            underLoad(() -> {
                awaitFlow();
                gate.shutBefore(pipeline.topic(FIRST), pipeline.topic(SECOND));
                Await.until("a batch under way", gate::isShut);
                zombie.suspend();
                try {
                    pipeline.consumer().start();
                    awaitFlow();
                } finally {
                    zombie.resume();
                }
                gate.open();
                awaitFlow();
                pipeline.consumer().stop();
                awaitFlow();
            });
        }
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

    private void awaitFlow() {
        Items.awaitFlow(pipeline, FIRST);
        Items.awaitFlow(pipeline, SECOND);
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
