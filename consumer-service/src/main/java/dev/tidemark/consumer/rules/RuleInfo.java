package dev.tidemark.consumer.rules;

import dev.tidemark.model.TableId;
import org.jspecify.annotations.Nullable;

/**
 * A rule and what it has done since the service started.
 *
 * @param when which events the rule is for; null for all
 * @param require what has to be so
 * @param message what is said of a row that breaks the rule
 * @param checked how many events it was applied to
 * @param refused how many of them broke it or could not be evaluated
 */
public record RuleInfo(
        TableId table,
        String name,
        @Nullable String when,
        String require,
        String message,
        long checked,
        long refused) {}
