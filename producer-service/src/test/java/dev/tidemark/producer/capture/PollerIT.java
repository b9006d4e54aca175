package dev.tidemark.producer.capture;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.producer.capture.PollStatus.State;
import dev.tidemark.producer.publish.TableProgress;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PollerIT {

    private final Workbench bench = new Workbench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void beginsAnewAfterAnErrorInTheMidstOfAStep() {
        bench.execute("CREATE TABLE items(id int PRIMARY KEY, v text)");
        Poller poller = bench.poller("items");
        drain(poller);
        bench.execute("INSERT INTO items VALUES (1, 'x')");
        bench.onSent = () -> {
            throw new StackOverflowError("made up");
        };
        assertThat(poller.pollOnce()).isEqualTo(PollOutcome.FAILED);
        assertThat(poller.status().state()).isEqualTo(State.FAILED);
        assertThat(poller.status().problem()).contains("made up");

        bench.onSent = () -> {};
        drain(poller);
        assertThat(poller.status().state()).isEqualTo(State.RUNNING);
        assertThat(poller.status().epoch()).isEqualTo(2);
        assertThat(poller.status().busySince()).isNull();
        assertThat(bench.records("items")).hasSizeGreaterThanOrEqualTo(3);
        poller.stop();
    }

    @Test
    void letsTheLockGoAfterAnErrorWhileItTakesOver() {
        bench.onProblem = () -> {
            throw new StackOverflowError("made up");
        };
        Poller failing = bench.poller("missing");
        assertThat(failing.pollOnce()).isEqualTo(PollOutcome.FAILED);

        bench.onProblem = () -> {};
        Poller other = bench.poller("missing");
        assertThat(other.pollOnce()).isEqualTo(PollOutcome.IDLE);
        other.stop();
    }

    @Test
    void forgetsTheProblemsOfTablesWhenItLetsGo() {
        Poller poller = bench.poller("missing");
        drain(poller);
        assertThat(bench.problems).containsOnlyKeys("public.missing");
        poller.stop();
        assertThat(bench.problems).isEmpty();
    }

    @Test
    void hasCaughtUpWhenAllTablesAreCopiedAndAllIsPublishedThatWasThereAtTheStart() {
        bench.execute("CREATE TABLE items(id int PRIMARY KEY, v text)");
        bench.execute("INSERT INTO items SELECT n, 'v' FROM generate_series(1, 2500) n");
        catchUp(bench.poller("items")).stop();
        assertThat(bench.records("items")).hasSize(2500 + 3 * 2);
        assertThat(bench.read().tables().values()).allMatch(TableProgress::complete);

        bench.pageRows = 10;
        Poller abandoned = bench.poller("items");
        bench.execute("INSERT INTO items SELECT n, 'v' FROM generate_series(2501, 2525) n");
        assertThat(abandoned.pollOnce()).isEqualTo(PollOutcome.MORE);
        abandoned.stop();
        bench.execute("INSERT INTO items SELECT n, 'v' FROM generate_series(2526, 2530) n");
        catchUp(bench.poller("items")).stop();
        Set<String> keys = bench.records("items").stream()
                .map(record -> new String(record.key(), StandardCharsets.UTF_8))
                .collect(toSet());
        assertThat(keys).contains("{\"id\" : 2530}");
    }

    @Test
    void hasCaughtUpAgainWhenTheProblemOfATableIsSolved() {
        Poller poller = catchUp(bench.poller("items"));
        assertThat(bench.problems).isNotEmpty();
        bench.execute("CREATE TABLE items(id int PRIMARY KEY, v text)");
        bench.execute("INSERT INTO items VALUES (1, 'x')");
        catchUp(poller).stop();
        assertThat(bench.records("items")).hasSize(3);
    }

    @Test
    void hasCaughtUpOnlyWhenKafkaHasWhatWasSent() {
        bench.execute("CREATE TABLE items(id int PRIMARY KEY, v text)");
        catchUp(bench.poller("items")).stop();
        bench.execute("INSERT INTO items VALUES (1, 'x')");
        Poller poller = catchUp(bench.poller("items"));
        assertThat(bench.records("items")).hasSize(3);
        assertThat(Objects.requireNonNull(bench.read().intent()).hasPage()).isFalse();
        poller.stop();
    }

    @Test
    void leavesNothingInTheLogWhenItHasCaughtUp() {
        bench.execute("CREATE TABLE items(id int PRIMARY KEY, v text)");
        catchUp(bench.poller("items")).stop();
        bench.execute("INSERT INTO items VALUES (1, 'x')");
        catchUp(bench.poller("items")).stop();
        assertThat(bench.sql
                        .sql("SELECT count(*) FROM cdc.change_log")
                        .query(Long.class)
                        .single())
                .isZero();
    }

    private Poller catchUp(Poller poller) {
        AtomicBoolean caughtUp = new AtomicBoolean();
        bench.onCaughtUp = () -> caughtUp.set(true);
        while (!caughtUp.get()) {
            assertThat(poller.pollOnce()).isNotIn(PollOutcome.FAILED, PollOutcome.STANDBY);
            poller.restIfCaughtUp();
        }
        return poller;
    }

    private static void drain(Poller poller) {
        PollOutcome outcome = poller.pollOnce();
        while (outcome != PollOutcome.IDLE) {
            assertThat(outcome).isNotIn(PollOutcome.FAILED, PollOutcome.STANDBY);
            outcome = poller.pollOnce();
        }
    }
}
