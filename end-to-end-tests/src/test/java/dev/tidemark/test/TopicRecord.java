package dev.tidemark.test;

import dev.tidemark.model.Marker;
import dev.tidemark.model.MarkerCodec;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What any reader of a table's topic sees.
 *
 * @param op the change's operation, or {@code marker}
 * @param changeId the id in the change log; 0 for rows of snapshots and markers
 * @param version of the row's state, where it has one; else 0
 * @param marker null for a change
 */
record TopicRecord(long offset, String key, String op, long sequence, long changeId, long version, Marker marker) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    static TopicRecord of(ConsumerRecord<byte[], byte[]> record) {
        String key = record.key() == null ? null : new String(record.key(), StandardCharsets.UTF_8);
        Header header = record.headers().lastHeader(Marker.HEADER);
        if (header != null) {
            Marker marker = MarkerCodec.read(header.value());
            return new TopicRecord(record.offset(), key, "marker", marker.sequence(), 0, 0, marker);
        }
        JsonNode envelope = JSON.readTree(record.value());
        JsonNode source = envelope.path("source");
        return new TopicRecord(
                record.offset(),
                key,
                envelope.path("op").asString(""),
                source.path("sequence").asLong(0),
                source.path("changeId").asLong(0),
                envelope.path("after").path("version").asLong(0),
                null);
    }

    boolean isChunkStart() {
        return marker instanceof Marker.ChunkStart;
    }
}
