package dev.tidemark.producer.capture;

import dev.tidemark.model.EnvelopeWriter;
import dev.tidemark.model.Partitioning;
import dev.tidemark.producer.publish.TableProgress;
import dev.tidemark.producer.source.TrackedTable;

/** The way of one table's events into its topic, and how far its snapshot has come. */
final class Route {

    private final TrackedTable table;
    private final String topic;
    private final EnvelopeWriter writer;
    private final Partitioning partitioning;
    private TableProgress progress;

    Route(TrackedTable table, String topic, EnvelopeWriter writer, TableProgress progress) {
        this.table = table;
        this.topic = topic;
        this.writer = writer;
        this.partitioning = new Partitioning(progress.partitions(), table.key());
        this.progress = progress;
    }

    TrackedTable table() {
        return table;
    }

    String topic() {
        return topic;
    }

    EnvelopeWriter writer() {
        return writer;
    }

    TableProgress progress() {
        return progress;
    }

    void advance(TableProgress further) {
        progress = further;
    }

    /** How the events are spread over the topic's partitions. */
    Partitioning partitioning() {
        return partitioning;
    }

    /** Whether changes are sent: not before the first chunk, which holds all changes that come before it. */
    boolean isOpen() {
        return progress.started();
    }

    /** Whether the last snapshot is complete, and was of all rows. */
    boolean isCopiedAsAWhole() {
        return progress.complete() && progress.range() == null;
    }

    boolean needsSnapshot() {
        return !progress.complete();
    }
}
