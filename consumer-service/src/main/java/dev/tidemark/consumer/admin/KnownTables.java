package dev.tidemark.consumer.admin;

import dev.tidemark.consumer.apply.Sink;
import dev.tidemark.model.TableId;
import dev.tidemark.model.TopicNames;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has the meters of a table there before its first event, where the name of its topic leads to a table that the destination has. */
final class KnownTables {

    private static final Logger log = LoggerFactory.getLogger(KnownTables.class);

    private final TopicNames names;
    private final Sink sink;
    private final ConsumerMeters meters;
    private final Set<String> seen = new HashSet<>();

    KnownTables(TopicNames names, Sink sink, ConsumerMeters meters) {
        this.names = names;
        this.sink = sink;
        this.meters = meters;
    }

    /** Asks the destination once for each topic. */
    void see(String topic) {
        if (seen.contains(topic)) {
            return;
        }
        TableId table = names.likelyTable(topic);
        try {
            if (sink.hasTable(table)) {
                meters.know(table);
            }
            seen.add(topic);
        } catch (SQLException e) {
            log.debug("Whether the destination has {} is not known", table, e);
        }
    }
}
