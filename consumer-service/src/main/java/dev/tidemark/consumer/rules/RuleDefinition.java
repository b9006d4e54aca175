package dev.tidemark.consumer.rules;

import dev.tidemark.model.TableId;
import org.jspecify.annotations.Nullable;

/**
 * A rule as it is written.
 *
 * @param place where the rule begins
 * @param when which events the rule is for; null for all
 * @param require what has to be so
 * @param message what to say of a row that breaks the rule
 */
record RuleDefinition(
        TableId table, String name, Place place, @Nullable Clause when, Clause require, String message) {

    @Override
    public String toString() {
        return "rule " + name + " of " + table;
    }
}
