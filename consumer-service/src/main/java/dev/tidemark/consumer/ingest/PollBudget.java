package dev.tidemark.consumer.ingest;

import java.nio.ByteBuffer;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Bounds what one poll returns, in bytes. Kafka's own limits count records, which may be large, and compressed bytes, which may become many more. A poll ends
 * at a value that cannot be deserialized, and the next one begins with it; so a value that would be too much is not deserialized yet. The first one of a poll
 * always is, however large.
 */
final class PollBudget implements Deserializer<byte[]> {

    private final long budget;
    private long used;

    PollBudget(long budget) {
        this.budget = budget;
    }

    /** A poll begins. */
    void reset() {
        used = 0;
    }

    @Override
    public byte @Nullable [] deserialize(String topic, byte @Nullable [] data) {
        if (data != null) {
            spend(data.length);
        }
        return data;
    }

    @Override
    public byte @Nullable [] deserialize(String topic, Headers headers, @Nullable ByteBuffer data) {
        if (data == null) {
            return null;
        }
        spend(data.remaining());
        byte[] bytes = new byte[data.remaining()];
        data.duplicate().get(bytes);
        return bytes;
    }

    private void spend(int bytes) {
        if (used > 0 && used + bytes > budget) {
            throw new SerializationException("More than " + budget + " bytes: left to the next poll");
        }
        used += bytes;
    }
}
