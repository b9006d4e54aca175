package dev.tidemark.consumer.apply;

import dev.tidemark.model.Partitioning;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * The rows of a table that a partition is about: those whose events come by it.
 *
 * @param partitioning how the table's events are spread
 */
public record Share(int partition, Partitioning partitioning) {

    /** The rows of a table whose events all come by one partition. */
    static final Share ALL = new Share(0, new Partitioning(1, Map.of()));

    /**
     * What an event or a marker is about that goes to every partition.
     *
     * @throws dev.tidemark.model.UndecodableException if it says so in a way that cannot be understood
     */
    public static Share of(ConsumerRecord<?, ?> record) {
        Header header = record.headers().lastHeader(Partitioning.HEADER);
        return header == null ? ALL : new Share(record.partition(), Partitioning.read(header.value()));
    }

    boolean isAll() {
        return partitioning.partitions() == 1;
    }

    /** @param key the row's key as JSON, as the source writes it */
    boolean has(String key) {
        return has(key.getBytes(StandardCharsets.UTF_8));
    }

    boolean has(byte[] key) {
        return partitioning.partitionOf(key) == partition;
    }
}
