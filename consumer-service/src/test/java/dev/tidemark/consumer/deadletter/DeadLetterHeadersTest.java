package dev.tidemark.consumer.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.tidemark.model.TableId;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;
import org.springframework.kafka.core.KafkaOperations;
import org.springframework.kafka.listener.DeadLetterPublishingRecoverer;
import org.springframework.kafka.listener.ListenerExecutionFailedException;
import org.springframework.kafka.support.KafkaHeaders;

/** Compares with what spring-kafka itself writes for the same record and the same error. */
class DeadLetterHeadersTest {

    private static final long TIME = 1_700_000_000_123L;
    private static final Refusal REFUSAL =
            new Refusal(CauseClass.VALUE, "name varchar(5)", null, "22001", "zu lang für »name«");

    private static final ConsumerRecord<byte[], byte[]> RECORD = new ConsumerRecord<>(
            "x.public.people",
            3,
            4_294_967_297L,
            TIME,
            TimestampType.CREATE_TIME,
            -1,
            -1,
            new byte[] {1},
            new byte[] {2},
            new RecordHeaders(),
            Optional.empty());

    private static Headers ours() {
        DeadLetter letter = new DeadLetter(
                1,
                new TopicPartition(RECORD.topic(), RECORD.partition()),
                RECORD.offset(),
                TableId.parse("people"),
                "{}",
                "u",
                77L,
                REFUSAL,
                DeadLetterState.OPEN,
                1,
                Instant.EPOCH,
                Instant.EPOCH,
                null,
                null,
                null,
                null);
        DeadLetterRecord record =
                new DeadLetterRecord(letter, RECORD.key(), RECORD.value(), Instant.ofEpochMilli(TIME));
        return DeadLetterHeaders.of(record, "the group");
    }

    @SuppressWarnings("unchecked")
    private static Headers springs(Exception error) {
        KafkaOperations<Object, Object> kafka = mock(KafkaOperations.class);
        when(kafka.send(any(ProducerRecord.class))).thenReturn(new CompletableFuture<>());
        DeadLetterPublishingRecoverer recoverer = new DeadLetterPublishingRecoverer(kafka);
        recoverer.setFailIfSendResultIsError(false);
        recoverer.accept(RECORD, error);
        ArgumentCaptor<ProducerRecord<Object, Object>> sent = ArgumentCaptor.forClass(ProducerRecord.class);
        org.mockito.Mockito.verify(kafka).send(sent.capture());
        assertThat(sent.getValue().topic()).isEqualTo(RECORD.topic() + "-dlt");
        assertThat(sent.getValue().partition()).isEqualTo(RECORD.partition());
        return sent.getValue().headers();
    }

    @Test
    void areThoseOfSpringKafkaByteForByte() {
        Headers springs = springs(new RefusedEventException(REFUSAL));
        springs.remove(KafkaHeaders.DLT_EXCEPTION_STACKTRACE);
        Headers ours = ours();
        assertThat(springs).hasSizeGreaterThanOrEqualTo(7);
        for (Header header : springs) {
            assertThat(ours.lastHeader(header.key())).as(header.key()).isNotNull();
            assertThat(ours.lastHeader(header.key()).value()).as(header.key()).isEqualTo(header.value());
        }
    }

    @Test
    void nameTheConsumerGroupAsSpringKafkaDoes() {
        Headers springs =
                springs(new ListenerExecutionFailedException("", "the group", new RefusedEventException(REFUSAL)));
        String name = KafkaHeaders.DLT_ORIGINAL_CONSUMER_GROUP;
        assertThat(ours().lastHeader(name).value())
                .isEqualTo(springs.lastHeader(name).value());
    }
}
