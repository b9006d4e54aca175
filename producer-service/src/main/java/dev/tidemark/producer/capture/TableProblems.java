package dev.tidemark.producer.capture;

import dev.tidemark.model.TableId;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is wrong with single tables, while the others go on. */
final class TableProblems {

    private static final Logger LOG = LoggerFactory.getLogger(TableProblems.class);

    private final CaptureListener listener;
    private final Set<TableId> tables = new HashSet<>();
    private final Map<TableId, String> logged = new HashMap<>();

    TableProblems(CaptureListener listener) {
        this.listener = listener;
    }

    boolean has(TableId table) {
        return tables.contains(table);
    }

    Set<TableId> all() {
        return Set.copyOf(tables);
    }

    /** Logged when it is new. */
    void report(TableId table, String reason) {
        tables.add(table);
        if (!reason.equals(logged.put(table, reason))) {
            LOG.warn("{}", reason);
        }
        listener.tableProblem(table, reason);
    }

    void solved(TableId table) {
        tables.remove(table);
        listener.tableProblem(table, null);
    }

    /** What has been renamed, or is not asked for any more, has no problem either. */
    void forgetExcept(Collection<TableId> present) {
        for (TableId table : List.copyOf(tables)) {
            if (!present.contains(table)) {
                solved(table);
            }
        }
    }
}
