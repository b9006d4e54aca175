package dev.tidemark.producer.publish;

import dev.tidemark.model.TableId;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the offsets topic holds of the pipeline: what the last incarnation of the producer wrote.
 *
 * @param epoch the highest incarnation that has written anything, or 0
 * @param intent the last intent, or null if the pipeline has never started
 * @param tables the progress of each table's snapshot
 */
public record StoredState(long epoch, @Nullable Intent intent, Map<TableId, TableProgress> tables) {}
