package dev.tidemark.producer.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.producer.capture.PollStatus.State;
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

    private static void drain(Poller poller) {
        PollOutcome outcome = poller.pollOnce();
        while (outcome != PollOutcome.IDLE) {
            assertThat(outcome).isNotIn(PollOutcome.FAILED, PollOutcome.STANDBY);
            outcome = poller.pollOnce();
        }
    }
}
