package dev.tidemark.producer.capture;

import dev.tidemark.model.TableId;
import dev.tidemark.model.TopicNames;
import dev.tidemark.producer.source.CaptureChoice;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What this producer publishes.
 *
 * @param name names the pipeline in events and in the source database
 * @param version the producer's version, for the events
 * @param instance tells this process from another of the same pipeline
 * @param tables the tables to capture, beside those that somebody tracks by hand
 * @param choices what of some of them is captured
 * @param tombstones whether a delete is followed by a record with the same key and no value
 */
public record Pipeline(
        String name,
        String version,
        String instance,
        TopicNames topics,
        List<TableId> tables,
        Map<TableId, CaptureChoice> choices,
        boolean tombstones) {

    /** The same with one more table. */
    public Pipeline with(TableId table) {
        return new Pipeline(
                name,
                version,
                instance,
                topics,
                Stream.concat(tables.stream(), Stream.of(table)).distinct().toList(),
                choices,
                tombstones);
    }

    /** What of the table is captured, unless it was asked otherwise later. */
    public CaptureChoice choice(TableId table) {
        return choices.getOrDefault(table, CaptureChoice.UNCHANGED);
    }
}
