package dev.tidemark.producer;

import dev.tidemark.model.TableId;
import dev.tidemark.model.TopicNames;
import dev.tidemark.producer.capture.Pipeline;
import dev.tidemark.producer.source.CaptureChoice;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What is replicated.
 *
 * @param pipeline the pipeline
 * @param topic the pipeline's topics
 * @param tables the tables to capture, as SQL writes their names, separated by commas; names that need quotes in SQL need them here
 * @param keys tables whose key is not their primary key but a unique index on columns that are NOT NULL, as table=index, separated by commas
 * @param tombstones whether a delete is followed by a record with the same key and no value, so that a compacted topic forgets the row
 */
@ConfigurationProperties("cdc")
public record PipelineProperties(
        @DefaultValue PipelineName pipeline,
        @DefaultValue Topic topic,
        @DefaultValue List<String> tables,
        @DefaultValue List<String> keys,
        @DefaultValue("false") boolean tombstones) {

    private static final String OUTSIDE_OF_QUOTES = "(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)";

    /** @param name names the pipeline in events and in the source database */
    public record PipelineName(@DefaultValue("tidemark") String name) {}

    /** @param prefix what the pipeline's topics begin with; the pipeline's name if it is not set */
    public record Topic(@Nullable String prefix) {}

    TopicNames topicNames() {
        return new TopicNames(topic.prefix() == null ? pipeline.name() : topic.prefix());
    }

    /** @param options what of some of the tables is captured */
    Pipeline toPipeline(String version, Map<TableId, String> options) {
        TopicNames topics = topicNames();
        // The list came apart at every comma, also at those inside of quotes.
        List<TableId> tableIds = TableId.parseList(String.join(",", tables));
        Map<TableId, TableId> clashes = topics.clashes(tableIds);
        clashes.forEach((table, other) -> {
            throw new IllegalArgumentException(
                    "cdc.tables names " + table + " and " + other + ", which would share the topic " + topics.of(table)
                            + ": Kafka forbids the characters in which they differ, or takes them for one (. and _), so rename one of them or leave it out");
        });
        return new Pipeline(
                pipeline.name(), version, UUID.randomUUID().toString(), topics, tableIds, choices(options), tombstones);
    }

    private Map<TableId, CaptureChoice> choices(Map<TableId, String> options) {
        Map<TableId, CaptureChoice> choices = new HashMap<>();
        keyIndexes().forEach((table, index) -> choices.put(table, new CaptureChoice(index, null)));
        options.forEach((table, chosen) ->
                choices.merge(table, new CaptureChoice(null, chosen), (known, added) -> known.withOptions(chosen)));
        return choices;
    }

    private Map<TableId, String> keyIndexes() {
        Map<TableId, String> indexes = new HashMap<>();
        for (String entry : String.join(",", keys).split("," + OUTSIDE_OF_QUOTES)) {
            String[] parts = entry.split("=" + OUTSIDE_OF_QUOTES, -1);
            if (parts.length == 2) {
                indexes.put(TableId.parse(parts[0]), TableId.parse(parts[1]).name());
            } else if (!entry.isBlank()) {
                throw new IllegalArgumentException("cdc.keys has '" + entry.strip()
                        + "': write table=index, as SQL writes their names; the index is in the schema of its table");
            }
        }
        return indexes;
    }
}
