package dev.tidemark.consumer.apply;

import dev.tidemark.consumer.apply.Step.Chunk;
import dev.tidemark.consumer.apply.Step.RowChange;
import dev.tidemark.consumer.apply.Step.Truncation;
import dev.tidemark.consumer.deadletter.DeadLetterWriter;
import dev.tidemark.consumer.deadletter.RefusedEvent;
import dev.tidemark.model.EventReader;
import dev.tidemark.model.TableId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Keeps what is refused of a piece as dead letters, and closes those that it supersedes. A table that had no open letter when last looked at has none until
 * this writes one: whoever applies a table's events is the only one to write its letters.
 */
final class Letters {

    private final RangeLetters ranges;
    /** Whether a table may have open letters, as far as it is known. */
    private final Map<TableId, Boolean> open = new HashMap<>();

    Letters(TableCatalog catalog, EventReader reader) {
        this.ranges = new RangeLetters(catalog, reader);
    }

    void write(Connection connection, PartitionBatch batch, Verdicts verdicts) throws SQLException {
        DeadLetterWriter.insert(connection, List.copyOf(verdicts.refused()));
        for (RefusedEvent refused : verdicts.refused()) {
            if (refused.event() != null) {
                open.put(refused.event().table(), true);
            }
        }
        for (TableId table : tables(batch.steps())) {
            if (mayHaveOpen(connection, table)) {
                supersede(connection, table, batch, verdicts);
            }
        }
    }

    private static Set<TableId> tables(List<Step> steps) {
        Set<TableId> tables = new HashSet<>();
        TableId last = null;
        for (Step step : steps) {
            TableId table = step.table();
            if (table != null && table != last) {
                tables.add(table);
                last = table;
            }
        }
        return tables;
    }

    private boolean mayHaveOpen(Connection connection, TableId table) throws SQLException {
        Boolean known = open.get(table);
        if (known == null || known) {
            known = DeadLetterWriter.hasOpen(connection, table);
            open.put(table, known);
        }
        return known;
    }

    private void supersede(Connection connection, TableId table, PartitionBatch batch, Verdicts verdicts)
            throws SQLException {
        String topic = batch.partition().topic();
        Map<String, Long> sequences = new HashMap<>();
        for (Step step : batch.steps()) {
            if (!table.equals(step.table())) {
                continue;
            }
            if (step instanceof Truncation truncation) {
                ranges.supersede(connection, topic, batch.topicId(), truncation);
            } else if (step instanceof Chunk chunk && chunk.complete()) {
                ranges.supersede(connection, topic, batch.topicId(), chunk);
            }
            for (RowChange change : verdicts.acceptedOf(step)) {
                sequences.put(change.key(), change.sequence());
            }
        }
        DeadLetterWriter.supersede(connection, table, topic, batch.topicId(), true, sequences);
    }

    /** Forgets which tables have no letters, since others may have written some. */
    void forget() {
        open.clear();
    }
}
