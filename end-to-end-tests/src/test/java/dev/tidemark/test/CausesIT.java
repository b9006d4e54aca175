package dev.tidemark.test;

import static dev.tidemark.test.Witnesses.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.stack.Server;
import dev.tidemark.stack.ServiceProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Health, status and, where there is a Prometheus, the expression of an alert soon name what keeps changes from flowing, also while nothing is written; and when
 * it is over, all is well again without anybody's help. For how long it has to last before the alert is raised is the unit tests' matter.
 */
@Tag("long")
class CausesIT {

    /** A machine that has nothing else to do takes a fifth of it. */
    private static final Duration SOON = Duration.ofSeconds(30);

    private static final List<String> ALERTS = List.of(
            "TidemarkKafkaAway",
            "TidemarkDestinationAway",
            "TidemarkSourceAway",
            "TidemarkTableUnprotected",
            "TidemarkOldTransaction",
            "TidemarkPaused");

    @RegisterExtension
    static final Pipelines PIPELINES = Pipelines.perClass();

    @TempDir
    static Path folder;

    private static Pipeline pipeline;
    private static @Nullable Prometheus prometheus;

    @BeforeAll
    static void start() throws IOException {
        pipeline = PIPELINES.create(Items.TABLE).producerWith("CDC_POLL_REFRESHINTERVAL", "5s");
        Items.create(pipeline, Items.TABLE);
        pipeline.start().awaitSnapshots(Items.TABLE);
        Items.awaitFlow(pipeline, Items.TABLE);
        if (Prometheus.isInstalled()) {
            prometheus = Prometheus.of(pipeline, folder);
            Await.until("scrapes", () -> prometheus.query("up == 1").size() == 2);
            awaitNoAlert();
        } else {
            System.out.println("prometheus is not installed: alerts are not looked at");
        }
    }

    @AfterAll
    static void stop() {
        if (prometheus != null) {
            prometheus.close();
        }
    }

    @AfterEach
    void isWellAgain() {
        Await.until(
                "health UP",
                () -> Health.of(pipeline.producer()).isUp()
                        && Health.of(pipeline.consumer()).isUp());
        assertThat(status(pipeline.producer())).contains("\"state\":\"RUNNING\"");
        assertThat(status(pipeline.consumer())).contains("\"state\":\"RUNNING\"");
        Items.awaitFlow(pipeline, Items.TABLE);
        Tables.assertEqual(pipeline, Items.TABLE);
        awaitNoAlert();
    }

    private static void awaitNoAlert() {
        Await.until("the end of all alerts", () -> ALERTS.stream().noneMatch(CausesIT::isTrue));
    }

    /** Whether the expression of an alert has a value; but a transaction is old here after a second. */
    private static boolean isTrue(String alert) {
        String expression = AlertRule.named(alert).expression().replace("_seconds) > 300", "_seconds) > 1");
        return prometheus != null && !prometheus.query(expression).isEmpty();
    }

    private static Witnesses witnesses(String trouble, String alert) {
        assertThat(ALERTS).contains(alert);
        Witnesses witnesses = new Witnesses(trouble);
        return prometheus == null ? witnesses : witnesses.add(alert, () -> isTrue(alert));
    }

    @Test
    void brokerThatIsAway() {
        without(
                pipeline.stack().broker(),
                witnesses("broker stopped", "TidemarkKafkaAway")
                        .blame("producer", pipeline.producer(), "Kafka")
                        .blame("consumer", pipeline.consumer(), "Kafka does not answer")
                        .add(
                                "last error",
                                () -> status(pipeline.producer()).contains("\"message\":\"Kafka did not answer")));
    }

    @Test
    void destinationThatIsAway() {
        without(
                pipeline.stack().destination(),
                witnesses("destination stopped", "TidemarkDestinationAway")
                        .blame("consumer", pipeline.consumer(), "destination"));
    }

    @Test
    void sourceThatIsAway() {
        without(
                pipeline.stack().source(),
                witnesses("source stopped", "TidemarkSourceAway")
                        .blame("producer", pipeline.producer(), "The source cannot be used"));
    }

    /** Its triggers cannot be put on again before somebody ends his transaction. */
    @Test
    void triggerThatIsOff() throws SQLException {
        try (Session session = new Session()) {
            witnesses("trigger disabled", "TidemarkTableUnprotected")
                    .blame(
                            "producer",
                            pipeline.producer(),
                            "no enabled trigger for insert",
                            "What is in the way",
                            "process " + session.pid)
                    .await(
                            SOON,
                            () -> session.execute("ALTER TABLE item DISABLE TRIGGER zz_cdc_insert; COMMIT; BEGIN; "
                                    + Items.insert(Items.TABLE, 1)));
            session.execute("COMMIT");
        }
    }

    @Test
    void transactionThatIsLeftOpen() throws SQLException {
        ServiceProcess producer = pipeline.producer();
        try (Session session = new Session()) {
            witnesses("transaction left open", "TidemarkOldTransaction")
                    .add("producer's health", () -> {
                        Health health = Health.of(producer);
                        return health.isUp() && health.details().toString().contains("process " + session.pid + " of ");
                    })
                    .add("producer's status", () -> status(producer).contains("\"pid\":" + session.pid))
                    .await(SOON, () -> session.execute("BEGIN; " + Items.insert(Items.TABLE, 2)));
            Items.awaitFlow(pipeline, Items.TABLE); // all else flows
            session.execute("COMMIT");
        }
    }

    @Test
    void producerThatIsPaused() {
        ServiceProcess producer = pipeline.producer();
        witnesses("producer paused", "TidemarkPaused")
                .add("producer's health", () -> Health.of(producer).blames("paused by"))
                .add("producer's status", () -> status(producer).contains("\"state\":\"PAUSED\""))
                .await(SOON, () -> new Admin(producer).post("/admin/pause", ""));
        new Admin(producer).post("/admin/resume", "");
    }

    private static void without(Server server, Witnesses witnesses) {
        try {
            witnesses.await(SOON, server::stop);
        } finally {
            server.start();
        }
    }

    /** Somebody at the source. */
    private static final class Session implements AutoCloseable {

        final String pid;
        private final Connection connection = pipeline.source().connect();

        Session() throws SQLException {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
                row.next();
                pid = row.getString(1);
            }
        }

        void execute(String sql) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() throws SQLException {
            connection.close();
        }
    }
}
