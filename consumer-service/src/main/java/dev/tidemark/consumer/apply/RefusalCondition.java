package dev.tidemark.consumer.apply;

import java.util.Set;

/**
 * What a table refuses in a row.
 *
 * @param columns the columns it is about
 * @param sql true for rows that are refused
 */
record RefusalCondition(Set<String> columns, String sql) {}
