package dev.tidemark.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.stack.ServiceProcess;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Both services as a scheduler runs them: they work off what is there and end, and their exit codes tell how that went. */
@Tag("long")
class OnceIT {

    private static final int ROWS = 20_000;

    /** The table's line in the summary, with a number that is not 0. */
    private static final String SOMETHING = "public.item +.*[1-9]";

    @RegisterExtension
    final Pipelines pipelines = Pipelines.perTest();

    private Pipeline pipeline;

    private AppliedAudit items(String tables) {
        pipeline = pipelines
                .create(tables)
                .producerWith("CDC_RUN", "once")
                .producerWith("CDC_ONCE_TIMEOUT", "60s")
                .producerWith("CDC_SNAPSHOT_MAXCHUNKROWS", "1000")
                .consumerWith("CDC_RUN", "once")
                .consumerWith("CDC_ONCE_TIMEOUT", "60s");
        AppliedAudit applied = Items.create(pipeline, Items.TABLE);
        pipeline.source().execute(Items.fill(Items.TABLE, ROWS));
        return applied;
    }

    /** Runs it to its end, and returns what it has logged. */
    private static String run(ServiceProcess service, int exitCode) {
        service.launch();
        return ended(service, exitCode);
    }

    private static String ended(ServiceProcess service, int exitCode) {
        assertThat(service.awaitExit())
                .as("exit code, log in %s", service.log())
                .isEqualTo(exitCode);
        try {
            return Files.readString(service.log());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void workOffWhatIsThereAndEnd() {
        AppliedAudit applied = items(Items.TABLE);
        assertThat(run(pipeline.newConsumer(), 0)).contains("Kafka has no topic of the pipeline");
        assertThat(run(pipeline.newProducer(), 0))
                .contains("Published all that was there")
                .containsPattern(Items.TABLE + " +" + ROWS);
        assertThat(run(pipeline.newConsumer(), 0))
                .contains("Applied all that was there")
                .containsPattern(Items.TABLE + " +" + ROWS);
        Tables.assertEqual(pipeline, Items.TABLE);

        pipeline.source()
                .execute(
                        Items.insert(Items.TABLE, 1),
                        "UPDATE public.item SET version = nextval('public.item_version') WHERE id <= 10",
                        "DELETE FROM public.item WHERE id = 11");
        assertThat(run(pipeline.newProducer(), 0)).containsPattern("public.item +0 +1 +10 +1 +0");
        assertThat(run(pipeline.newConsumer(), 0)).containsPattern("public.item +0 +1 +10 +1 +0");
        Tables.assertEqual(pipeline, Items.TABLE);
        assertThat(run(pipeline.newProducer(), 0)).doesNotContainPattern(SOMETHING);
        assertThat(run(pipeline.newConsumer(), 0))
                .contains("Applied all that was there")
                .doesNotContainPattern(SOMETHING)
                .doesNotContain("Tomcat");
        applied.assertOnceAndInOrder();
    }

    @Test
    void killedInTheMidstTheNextRunGoesOnAndTwoAtATimeDoNoHarm() {
        AppliedAudit applied = items(Items.TABLE);
        ServiceProcess killed = pipeline.newProducer();
        killed.launch();
        String topic = "SELECT count(*) FROM cdc.tracked_table";
        Await.until("capture", () -> pipeline.source().number(topic) == 1);
        killed.kill();
        ServiceProcess first = pipeline.newProducer();
        ServiceProcess second = pipeline.newProducer();
        first.launch();
        second.launch();
        ended(first, 0);
        ended(second, 0);

        ServiceProcess broken = pipeline.newConsumer();
        broken.launch();
        Await.until("first rows", () -> pipeline.destination().number("SELECT count(*) FROM public.item") > 0);
        broken.kill();
        ServiceProcess one = pipeline.newConsumer();
        ServiceProcess other = pipeline.newConsumer();
        one.launch();
        other.launch();
        ended(one, 0);
        ended(other, 0);
        Tables.assertEqual(pipeline, Items.TABLE);
        applied.assertInOrder();
    }

    @Test
    void failIfNotAllCanBeDoneAndSayWhy() {
        items(Items.TABLE + ",public.keyless");
        pipeline.producerWith("CDC_ONCE_TIMEOUT", "2s").consumerWith("CDC_ONCE_TIMEOUT", "5s");
        pipeline.source().execute("CREATE TABLE keyless (id int)");
        assertThat(run(pipeline.newProducer(), 1))
                .contains("Not all that was there could be published: no progress for 2 s", "keyless", "no primary key")
                .containsPattern("public.item +" + ROWS);

        pipeline.destination().execute("ALTER TABLE public.item ADD CONSTRAINT no_tenth CHECK (id <> 10)");
        pipeline.consumerWith("CDC_ONCE_FAILONDEADLETTERS", "true");
        assertThat(run(pipeline.newConsumer(), 2))
                .contains("open dead letters by table and cause: {public.item={CONSTRAINT=1}}");
        assertThat(run(pipeline.newConsumer(), 2)).doesNotContainPattern(SOMETHING);

        pipeline.source().execute("UPDATE cdc.control SET paused_by = 'Ada', paused_at = now()");
        assertThat(run(pipeline.newProducer(), 1)).contains("paused by Ada");
        pipeline.source().execute("UPDATE cdc.control SET paused_by = NULL, paused_at = NULL", "DROP TABLE keyless");
        pipeline.source().execute("DELETE FROM public.item WHERE id < 10");
        run(pipeline.producerWith("CDC_TABLES", Items.TABLE).newProducer(), 0);

        pipeline.destination().execute("ALTER TABLE public.item RENAME TO elsewhere");
        assertThat(run(pipeline.newConsumer(), 1)).contains("Not all that was there could be applied", "public.item");
        pipeline.consumerWith("SPRING_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1");
        assertThat(run(pipeline.newConsumer(), 1)).contains("Kafka does not answer");

        ServiceProcess waiting =
                pipeline.consumerWith("CDC_ONCE_TIMEOUT", "10m").newConsumer();
        waiting.launch();
        Await.until("start", () -> Files.readString(waiting.log()).contains("Started ConsumerApplication"));
        waiting.stop();
        assertThat(waiting.alive()).isFalse();
    }
}
