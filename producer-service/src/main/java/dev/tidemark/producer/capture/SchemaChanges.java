package dev.tidemark.producer.capture;

import java.util.HashMap;
import java.util.Map;

/** The last schema change of each table, to tell repetitions: writers that do not see each other each log it. */
final class SchemaChanges {

    private final Map<Integer, SchemaChange> last = new HashMap<>();

    boolean isNew(LoggedChange logged) {
        SchemaChange now = logged.schemaChange();
        return now != null && !now.equals(last.put(logged.tableId(), now));
    }

    boolean hasNew(Page page) {
        boolean found = false;
        for (LoggedChange logged : page.changes()) {
            found |= isNew(logged);
        }
        return found;
    }
}
