package dev.tidemark.quickstart;

import java.util.List;

/**
 * A table that is replicated.
 *
 * @param name as SQL writes it, with its schema
 * @param key its key's columns, all of them whole numbers
 */
record Table(String name, List<String> key) {

    String keyColumns() {
        return String.join(", ", key);
    }
}
