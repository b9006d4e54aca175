package dev.tidemark.model;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.utils.Utils;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * How a table's events are spread over the partitions of its topic: by the hash of the key, as Kafka's own clients do it, so that all events of a row are in one
 * partition and in order. What is about a range of keys or about all rows goes to every partition, and says this in a header; each partition then means by it
 * the rows whose keys belong to it.
 *
 * @param partitions over how many partitions, which may be fewer than the topic has
 * @param key the columns of the key in key order, with the types that give the values the text that they have in a key
 */
public record Partitioning(int partitions, Map<String, String> key) {

    /** The header of events and markers that are in every partition; where it is missing, one partition has all events. */
    public static final String HEADER = "tidemark.partitioning";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    public Partitioning {
        if (partitions < 1) {
            throw new IllegalArgumentException("A topic has at least one partition, not " + partitions);
        }
        key = new LinkedHashMap<>(key);
    }

    /** The partition of a row's events. */
    public int partitionOf(byte[] rowKey) {
        return partitions == 1 ? 0 : Utils.toPositive(Utils.murmur2(rowKey)) % partitions;
    }

    /** The content of the header. */
    public byte[] toBytes() {
        return JSON.writeValueAsBytes(this);
    }

    /** @throws UndecodableException if the header's content is something else */
    public static Partitioning read(byte[] header) {
        try {
            return JSON.readValue(header, Partitioning.class);
        } catch (JacksonException e) {
            throw new UndecodableException(
                    "the header " + HEADER + " does not tell the partitions: " + e.getOriginalMessage(), e);
        }
    }
}
