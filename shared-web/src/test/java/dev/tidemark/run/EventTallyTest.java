package dev.tidemark.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.model.Operation;
import org.junit.jupiter.api.Test;

class EventTallyTest {

    @Test
    void hasALineForEachTable() {
        EventTally tally = new EventTally();
        tally.add("public.orders", Operation.READ, 12);
        tally.add("public.a", Operation.DELETE, 3);
        tally.add("public.a", Operation.DELETE, 1);
        assertThat(tally.total()).isEqualTo(16);
        assertThat(tally.toString().lines().map(line -> line.strip().replaceAll(" +", " ")))
                .containsExactly(
                        "",
                        "table snapshot inserted updated deleted truncated",
                        "public.a 0 0 0 4 0",
                        "public.orders 12 0 0 0 0");
    }

    @Test
    void isEmptyWithoutTables() {
        assertThat(new EventTally()).hasToString("");
    }
}
