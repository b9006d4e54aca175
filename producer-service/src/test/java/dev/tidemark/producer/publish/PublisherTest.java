package dev.tidemark.producer.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.model.TopicNames;
import dev.tidemark.producer.source.SourceIdentity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.util.unit.DataSize;

class PublisherTest {

    private final List<ProducerRecord<byte[], byte[]>> sent = new ArrayList<>();
    private final Publisher refusing = publisher(
            () -> CompletableFuture.failedFuture(new TimeoutException("Topic not present in metadata after 20 s")));
    private final Publisher broken = publisher(() -> {
        throw new KafkaException("fenced");
    });

    @Test
    void tellsOfAnEventThatIsRefusedAtOnceAsOfOneThatIsRefusedLater() {
        List<ProducerRecord<byte[], byte[]>> events =
                Collections.nCopies(3, new ProducerRecord<>("items", new byte[1]));
        Delivery delivery = refusing.send(events);
        assertThatThrownBy(() -> delivery.await(Duration.ZERO))
                .isInstanceOf(DeliveryFailedException.class)
                .hasMessageContaining("not present in metadata");
        assertThat(sent).as("none behind it").hasSize(1);
        Delivery other = broken.send(events);
        assertThatThrownBy(() -> other.await(Duration.ZERO))
                .isInstanceOf(DeliveryFailedException.class)
                .hasMessageContaining("fenced");
    }

    @Test
    void tellsSoOfAnIntentToo() {
        Intent intent = new Intent(1, new SourceIdentity(1, 1), "1:1:", "1:1:", 0, 0, 0, 1, List.of());
        Delivery delivery = refusing.announce(intent);
        assertThatThrownBy(() -> delivery.await(Duration.ZERO)).isInstanceOf(DeliveryFailedException.class);
    }

    private Publisher publisher(Supplier<Future<RecordMetadata>> answer) {
        MockProducer<byte[], byte[]> producer = new MockProducer<>() {
            @Override
            public synchronized Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> event, Callback callback) {
                sent.add(event);
                return answer.get();
            }
        };
        TopicsProperties topics = new TopicsProperties(
                1,
                (short) -1,
                Duration.ofDays(1),
                Duration.ofDays(14),
                DataSize.ofMegabytes(1),
                Duration.ofSeconds(10));
        return new Publisher(
                new KafkaTemplate<>(() -> producer),
                new DefaultKafkaConsumerFactory<>(Map.of()),
                new KafkaAdmin(Map.of()),
                new TopicNames("test"),
                topics);
    }
}
