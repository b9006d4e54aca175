package dev.tidemark.quickstart;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A row of a table.
 *
 * @param key its values, in the order of the key's columns
 * @param text all of it, as PostgreSQL writes a row: two rows are equal exactly if this is
 * @param committed when its last change was committed, in microseconds; null if the server does not know any more
 */
record Row(List<Long> key, String text, @Nullable Long committed) {

    /** As the database orders them. */
    static int compareKeys(List<Long> left, List<Long> right) {
        for (int i = 0; i < left.size(); i++) {
            int order = Long.compare(left.get(i), right.get(i));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }
}
