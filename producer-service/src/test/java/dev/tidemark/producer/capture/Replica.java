package dev.tidemark.producer.capture;

import dev.tidemark.model.ChangeEvent;
import dev.tidemark.model.EventReader;
import dev.tidemark.model.Marker;
import dev.tidemark.model.MarkerCodec;
import dev.tidemark.model.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** What a reader of the topic that does as the consumer does has in the end of a table {@code (id int PRIMARY KEY, v text)}. */
final class Replica {

    private final EventReader reader = new EventReader();
    private final Map<Long, String> rows = new TreeMap<>();
    private final List<ChangeEvent> inChunk = new ArrayList<>();
    private Marker.@Nullable ChunkStart chunk;
    private long lastSequence;

    private Replica() {}

    static Map<Long, String> of(List<ConsumerRecord<byte[], byte[]>> records) {
        Replica replica = new Replica();
        records.forEach(replica::take);
        return replica.rows;
    }

    /** What has no higher number than what came before has been applied before. */
    private void take(ConsumerRecord<byte[], byte[]> record) {
        Header header = record.headers().lastHeader(Marker.HEADER);
        if (header == null) {
            ChangeEvent event = reader.read(record.key(), record.value());
            if (event.sequence() > lastSequence) {
                lastSequence = event.sequence();
                take(event);
            }
        } else if (MarkerCodec.read(header.value()) instanceof Marker.ChunkStart start) {
            chunk = start;
            inChunk.clear();
        } else if (MarkerCodec.read(header.value()) instanceof Marker.SchemaChange) {
            chunk = null;
        } else if (chunk != null) {
            removeRange(chunk);
            inChunk.forEach(this::apply);
            chunk = null;
        }
    }

    /** A chunk whose end never came is dropped. */
    private void take(ChangeEvent event) {
        if (event.operation() == Operation.READ) {
            inChunk.add(event);
        } else {
            chunk = null;
            apply(event);
        }
    }

    private void removeRange(Marker.ChunkStart range) {
        long after = range.after() == null ? Long.MIN_VALUE : id(range.after().json());
        long upTo = range.upTo() == null ? Long.MAX_VALUE : id(range.upTo().json());
        rows.keySet().removeIf(id -> id > after && id <= upTo);
    }

    private void apply(ChangeEvent event) {
        switch (event.operation()) {
            case TRUNCATE -> rows.clear();
            case DELETE -> rows.remove(id(Objects.requireNonNull(event.key()).json()));
            default ->
                rows.put(
                        id(Objects.requireNonNull(event.key()).json()),
                        String.valueOf(Objects.requireNonNull(event.row()).value("v")));
        }
    }

    private static long id(String key) {
        return Long.parseLong(key.replaceAll("[^-\\d]", ""));
    }
}
