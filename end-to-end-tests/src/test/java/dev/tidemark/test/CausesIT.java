package dev.tidemark.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.stack.Server;
import dev.tidemark.stack.ServiceProcess;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Health and status soon name what keeps changes from flowing, also while nothing is written; and when it is over, all is well again without anybody's help. */
@Tag("long")
class CausesIT {

    /** A machine that has nothing else to do takes half of it. */
    private static final Duration SOON = Duration.ofSeconds(20);

    @RegisterExtension
    static final Pipelines PIPELINES = Pipelines.perClass();

    private static Pipeline pipeline;

    @BeforeAll
    static void start() {
        pipeline = PIPELINES.create(Items.TABLE).producerWith("CDC_POLL_REFRESHINTERVAL", "5s");
        Items.create(pipeline, Items.TABLE);
        pipeline.start().awaitSnapshots(Items.TABLE);
        Items.awaitFlow(pipeline, Items.TABLE);
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
    }

    @Test
    void brokerThatIsAway() {
        without(pipeline.stack().broker(), () -> {
            awaitNamed(pipeline.producer(), "Kafka");
            awaitNamed(pipeline.consumer(), "kafka");
        });
        assertThat(status(pipeline.producer())).as("the last error").contains("\"message\":\"Kafka did not answer");
    }

    @Test
    void destinationThatIsAway() {
        without(pipeline.stack().destination(), () -> awaitNamed(pipeline.consumer(), "destination"));
    }

    @Test
    void sourceThatIsAway() {
        without(pipeline.stack().source(), () -> awaitNamed(pipeline.producer(), "The source cannot be used"));
    }

    /** Its triggers cannot be put on again before somebody ends his transaction. */
    @Test
    void triggerThatIsOff() throws SQLException {
        try (Connection session = pipeline.source().connect();
                Statement statement = session.createStatement()) {
            statement.execute(
                    "ALTER TABLE item DISABLE TRIGGER zz_cdc_insert; COMMIT; BEGIN; " + Items.insert(Items.TABLE, 1));
            awaitNamed(
                    pipeline.producer(),
                    "no enabled trigger for insert",
                    "What is in the way",
                    "process " + pid(statement));
            statement.execute("COMMIT");
        }
    }

    @Test
    void transactionThatIsLeftOpen() throws SQLException {
        try (Connection session = pipeline.source().connect();
                Statement statement = session.createStatement()) {
            statement.execute("BEGIN; " + Items.insert(Items.TABLE, 2));
            String pid = pid(statement);
            Await.until("transaction named", SOON, () -> {
                Health health = Health.of(pipeline.producer());
                return health.details().toString().contains("process " + pid + " of ")
                        && health.isUp()
                        && status(pipeline.producer()).contains("\"pid\":" + pid);
            });
            Items.awaitFlow(pipeline, Items.TABLE); // all else flows
            statement.execute("COMMIT");
        }
    }

    private static String pid(Statement statement) throws SQLException {
        try (var row = statement.executeQuery("SELECT pg_backend_pid()")) {
            row.next();
            return row.getString(1);
        }
    }

    private static void without(Server server, Runnable meanwhile) {
        server.stop();
        try {
            meanwhile.run();
        } finally {
            server.start();
        }
    }

    private static void awaitNamed(ServiceProcess service, String... cause) {
        Await.until("naming of " + String.join(", ", cause), SOON, () -> {
            String status = status(service);
            return Health.of(service).blames(cause) && Arrays.stream(cause).allMatch(status::contains);
        });
    }

    private static String status(ServiceProcess service) {
        return new Admin(service).get("/admin/status").toString();
    }
}
