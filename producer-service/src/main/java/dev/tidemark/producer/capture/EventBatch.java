package dev.tidemark.producer.capture;

import dev.tidemark.model.Change;
import dev.tidemark.model.Marker;
import dev.tidemark.model.MarkerCodec;
import dev.tidemark.model.Operation;
import dev.tidemark.model.Partitioning;
import dev.tidemark.model.TableId;
import dev.tidemark.producer.publish.Delivery;
import dev.tidemark.producer.publish.Publisher;
import dev.tidemark.producer.snapshot.Chunk;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/** The records of a page or a chunk, and the count of them. */
final class EventBatch {

    private final long sentAtMillis;
    private final List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    private final Map<TableId, Map<Operation, Integer>> counts = new HashMap<>();

    EventBatch(long sentAtMillis) {
        this.sentAtMillis = sentAtMillis;
    }

    /** Every row of a page takes a number, whether it is sent or not: so the others have the same numbers each time the page is sent. */
    static EventBatch of(Page page, long firstSequence, Routes routes, long sentAtMillis) {
        EventBatch batch = new EventBatch(sentAtMillis);
        SchemaChanges schemaChanges = new SchemaChanges();
        long sequence = firstSequence;
        for (LoggedChange change : page.changes()) {
            Route route = routes.byNumber(change.tableId());
            if (route == null && !routes.isClosed(change.tableId())) {
                throw new IllegalStateException(
                        "The change log names table " + change.tableId() + ", which cdc.tracked_table does not have");
            }
            if (route != null && route.isOpen() && change.change() != null) {
                batch.add(route, change.key(), change.change(), sequence);
                if (routes.tombstones()
                        && change.key() != null
                        && change.change().operation() == Operation.DELETE) {
                    batch.forget(route, change.key());
                }
            }
            if (change.schemaChange() != null && schemaChanges.isNew(change) && route != null) {
                // Also of a table that is about to be copied anew: the rows of the copy have these columns.
                batch.mark(
                        route,
                        change.schemaChange().marker(sequence, route.table().id()));
            }
            sequence++;
        }
        return batch;
    }

    /** A chunk takes two numbers more than it has rows. */
    static EventBatch of(Chunk chunk, long firstSequence, Route route, long sentAtMillis) {
        EventBatch batch = new EventBatch(sentAtMillis);
        TableId table = route.table().id();
        long sequence = firstSequence;
        batch.mark(
                route,
                new Marker.ChunkStart(
                        sequence++,
                        table.schema(),
                        table.name(),
                        chunk.after(),
                        chunk.upTo(),
                        chunk.shape().columns(),
                        chunk.shape().collations()));
        int[] rows = new int[route.partitioning().partitions()];
        for (Chunk.Entry row : chunk.rows()) {
            rows[batch.add(route, row.key(), row.change(), sequence++)]++;
        }
        for (int partition = 0; partition < rows.length; partition++) {
            batch.mark(route, partition, new Marker.ChunkEnd(sequence, rows[partition]));
        }
        return batch;
    }

    /** @return the partition of the row, or the last one if the event goes to all of them */
    private int add(Route route, byte @Nullable [] key, Change change, long sequence) {
        byte[] value = route.writer().write(change, sequence, sentAtMillis);
        counts.computeIfAbsent(route.table().id(), table -> new EnumMap<>(Operation.class))
                .merge(change.operation(), 1, Integer::sum);
        int partitions = route.partitioning().partitions();
        if (key != null) {
            int partition = route.partitioning().partitionOf(key);
            records.add(new ProducerRecord<>(route.topic(), partition, key, value));
            return partition;
        }
        for (int partition = 0; partition < partitions; partition++) {
            records.add(new ProducerRecord<>(route.topic(), partition, null, null, value, ofAll(route)));
        }
        return partitions - 1;
    }

    /** For topics that are compacted: their last record of the key says that there is no row. It takes no number, since it tells nothing new. */
    private void forget(Route route, byte[] key) {
        records.add(new ProducerRecord<>(route.topic(), route.partitioning().partitionOf(key), key, null));
    }

    private void mark(Route route, Marker marker) {
        for (int partition = 0; partition < route.partitioning().partitions(); partition++) {
            mark(route, partition, marker);
        }
    }

    private void mark(Route route, int partition, Marker marker) {
        List<Header> headers = new ArrayList<>(ofAll(route));
        headers.add(new RecordHeader(Marker.HEADER, MarkerCodec.write(marker)));
        records.add(new ProducerRecord<>(route.topic(), partition, null, MarkerCodec.key(), null, headers));
    }

    private static List<Header> ofAll(Route route) {
        Partitioning partitioning = route.partitioning();
        return partitioning.partitions() == 1
                ? List.of()
                : List.of(new RecordHeader(Partitioning.HEADER, partitioning.toBytes()));
    }

    Delivery send(Publisher publisher, CaptureListener listener) {
        Delivery delivery = publisher.send(records);
        counts.forEach((table, operations) ->
                operations.forEach((operation, count) -> listener.sent(table, operation, count)));
        return delivery;
    }
}
