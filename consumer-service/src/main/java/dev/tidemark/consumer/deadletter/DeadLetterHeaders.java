package dev.tidemark.consumer.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.time.Instant;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.support.KafkaHeaders;

/**
 * The headers of a record in a dead-letter topic: those of spring-kafka's {@code DeadLetterPublishingRecoverer}, byte for byte, since tools know them, and
 * our own. Numbers of spring-kafka are big-endian binary; ours are text, as all else. There is no stack trace: nothing was thrown here.
 */
final class DeadLetterHeaders {

    static final String SEQUENCE = "x-cdc-seq";
    static final String CAUSE_CLASS = "x-cdc-error-class";
    static final String SQL_STATE = "x-cdc-sqlstate";
    static final String CAUSE = "x-cdc-cause";
    static final String TABLE = "x-cdc-target-table";

    private static final String EXCEPTION = RefusedEventException.class.getName();

    private DeadLetterHeaders() {}

    static Headers of(DeadLetterRecord record, String consumerGroup) {
        DeadLetter letter = record.letter();
        Headers headers = new RecordHeaders();
        addOrigin(headers, record, consumerGroup);
        add(headers, KafkaHeaders.DLT_EXCEPTION_FQCN, EXCEPTION);
        add(headers, KafkaHeaders.DLT_EXCEPTION_CAUSE_FQCN, EXCEPTION);
        add(headers, KafkaHeaders.DLT_EXCEPTION_MESSAGE, letter.refusal().message());
        add(headers, SEQUENCE, letter.sequence());
        add(headers, CAUSE_CLASS, letter.refusal().causeClass().code());
        add(headers, SQL_STATE, letter.refusal().sqlState());
        add(headers, CAUSE, letter.refusal().cause());
        add(headers, TABLE, letter.table());
        return headers;
    }

    private static void addOrigin(Headers headers, DeadLetterRecord record, String consumerGroup) {
        DeadLetter letter = record.letter();
        Instant time = record.time();
        add(headers, KafkaHeaders.DLT_ORIGINAL_TOPIC, letter.partition().topic());
        headers.add(
                KafkaHeaders.DLT_ORIGINAL_PARTITION, bytes(letter.partition().partition()));
        headers.add(KafkaHeaders.DLT_ORIGINAL_OFFSET, bytes(letter.offset()));
        headers.add(KafkaHeaders.DLT_ORIGINAL_TIMESTAMP, bytes(time == null ? -1L : time.toEpochMilli()));
        // Which of the two kinds of time it is is not stored. The pipeline's topics have the producer's, unless
        // somebody has configured them otherwise.
        TimestampType type = time == null ? TimestampType.NO_TIMESTAMP_TYPE : TimestampType.CREATE_TIME;
        add(headers, KafkaHeaders.DLT_ORIGINAL_TIMESTAMP_TYPE, type);
        add(headers, KafkaHeaders.DLT_ORIGINAL_CONSUMER_GROUP, consumerGroup);
    }

    private static void add(Headers headers, String name, @Nullable Object value) {
        if (value != null) {
            headers.add(name, value.toString().getBytes(UTF_8));
        }
    }

    private static byte[] bytes(int number) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
    }

    private static byte[] bytes(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }
}
