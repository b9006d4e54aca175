package dev.tidemark.consumer.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;

class GuardedConsumersTest {

    private final MockConsumer<Object, Object> consumer = new MockConsumer<>("none");
    private final PipelineStatus status = new PipelineStatus(Clock.systemUTC());
    private final Consumer<Object, Object> guarded = new GuardedConsumers(new PollBudget(1), status).apply(consumer);

    private void poll() {
        guarded.poll(Duration.ZERO);
    }

    private void failNext(KafkaException error) {
        consumer.setPollException(error);
    }

    @Test
    void showThatTheGroupIsRefusedUntilItIsNot() {
        consumer.assign(Set.of());
        failNext(GroupAuthorizationException.forGroupId("readers"));
        assertThatThrownBy(this::poll).isInstanceOf(GroupAuthorizationException.class);
        assertThat(status.refusal().message()).contains("readers");
        poll();
        assertThat(status.refusal()).isNull();
    }

    /** The container waits ten seconds for each error of authorization, and all topics with it. */
    @Test
    void makeNoErrorOfAllTopicsOfThatOfOne() {
        failNext(new TopicAuthorizationException(Set.of("secret")));
        assertThatThrownBy(this::poll)
                .isNotInstanceOf(AuthorizationException.class)
                .isInstanceOfSatisfying(
                        UnreadableTopicsException.class,
                        error -> assertThat(error.topics()).containsExactly("secret"))
                .hasMessageContaining("READ");
        assertThat(status.refusal()).isNull();
    }
}
