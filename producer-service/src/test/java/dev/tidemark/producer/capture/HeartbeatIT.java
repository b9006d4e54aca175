package dev.tidemark.producer.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.producer.source.TestControl;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HeartbeatIT {

    private static final String HEARTBEAT = "cdc.heartbeat";
    private static final Duration INTERVAL = Duration.ofSeconds(5);

    private final Workbench bench = new Workbench();

    @AfterEach
    void close() {
        bench.close();
    }

    private Poller poller(Duration interval, String tables) {
        bench.heartbeatInterval = interval;
        Poller poller = bench.poller(tables);
        drain(poller);
        return poller;
    }

    private static void drain(Poller poller) {
        PollOutcome outcome;
        do {
            outcome = poller.pollOnce();
            assertThat(outcome).as(String.valueOf(poller.status().problem())).isNotEqualTo(PollOutcome.FAILED);
        } while (outcome != PollOutcome.IDLE && outcome != PollOutcome.PAUSED);
    }

    private void after(Duration time, Poller poller) {
        bench.heartbeatClock.add(time);
        drain(poller);
    }

    private List<String> written() {
        return bench.sql
                .sql("SELECT topic_prefix || ' ' || every_seconds FROM cdc.heartbeat")
                .query(String.class)
                .list();
    }

    private static String value(ConsumerRecord<byte[], byte[]> event) {
        return new String(event.value(), StandardCharsets.UTF_8);
    }

    @Test
    void goesTheWayOfAllChangesOnceInAnInterval() {
        Poller poller = poller(INTERVAL, HEARTBEAT);
        assertThat(written()).containsExactly(bench.name + " 5");
        int first = bench.records(HEARTBEAT).size();
        after(INTERVAL.minusMillis(1), poller);
        assertThat(bench.records(HEARTBEAT)).hasSize(first);
        after(Duration.ofMillis(1), poller);
        poller.stop();
        List<ConsumerRecord<byte[], byte[]>> events = bench.records(HEARTBEAT);
        assertThat(events).hasSize(first + 1);
        assertThat(new String(events.get(first).key(), StandardCharsets.UTF_8))
                .isEqualTo("{\"topic_prefix\" : \"" + bench.name + "\"}");
        assertThat(value(events.get(first))).contains("\"op\":\"u\"");
    }

    @Test
    void isNotWrittenWhileNothingIsPublished() throws SQLException {
        Poller poller = poller(INTERVAL, HEARTBEAT);
        new TestControl(bench.source).pause().pause("somebody");
        long logged = logged();
        after(INTERVAL.multipliedBy(3), poller);
        assertThat(logged()).isEqualTo(logged);
        poller.stop();
    }

    private long logged() {
        return bench.sql
                .sql("SELECT count(*) FROM cdc.change_log")
                .query(Long.class)
                .single();
    }

    @Test
    void isTakenAwayWhenItIsSwitchedOff() {
        poller(INTERVAL, HEARTBEAT).stop();
        poller(Duration.ZERO, "").stop();
        assertThat(written()).isEmpty();
        List<ConsumerRecord<byte[], byte[]>> events = bench.records(HEARTBEAT);
        assertThat(value(events.get(events.size() - 1))).contains("\"op\":\"d\"");
    }

    @Test
    void isNothingThatChangesWaitFor() {
        bench.execute("CREATE TABLE IF NOT EXISTS items(id int PRIMARY KEY)");
        Poller poller = poller(INTERVAL, "items");
        bench.execute("ALTER TABLE cdc.heartbeat RENAME TO elsewhere");
        bench.execute("INSERT INTO items VALUES (1)");
        int sent = bench.records("items").size();
        after(INTERVAL, poller);
        poller.stop();
        assertThat(bench.records("items")).hasSize(sent + 1);
    }
}
