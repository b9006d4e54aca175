package dev.tidemark.consumer.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class PollBudgetTest {

    private final PollBudget budget = new PollBudget(100);

    private byte[] take(int size) {
        return budget.deserialize("t", new RecordHeaders(), size < 0 ? null : ByteBuffer.allocate(size));
    }

    @Test
    void endsAPollWhenTheBudgetIsUsedUp() {
        assertThat(take(60)).hasSize(60);
        assertThat(take(-1)).isNull();
        assertThat(take(40)).hasSize(40);
        assertThatThrownBy(() -> take(1)).isInstanceOf(SerializationException.class);
        assertThatThrownBy(() -> take(1)).isInstanceOf(SerializationException.class);
        budget.reset();
        assertThat(take(1)).hasSize(1);
    }

    @Test
    void alwaysTakesTheFirstValue() {
        assertThat(take(1000)).hasSize(1000);
        assertThatThrownBy(() -> take(1)).isInstanceOf(SerializationException.class);
    }
}
