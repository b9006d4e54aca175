package dev.tidemark.producer.capture;

import dev.tidemark.model.TableId;
import dev.tidemark.model.TopicNames;
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
 * @param keys for some of them the unique index that is their key, instead of the primary key
 */
public record Pipeline(
        String name,
        String version,
        String instance,
        TopicNames topics,
        List<TableId> tables,
        Map<TableId, String> keys) {

    /** The same with one more table. */
    public Pipeline with(TableId table) {
        return new Pipeline(
                name,
                version,
                instance,
                topics,
                Stream.concat(tables.stream(), Stream.of(table)).distinct().toList(),
                keys);
    }
}
