package dev.tidemark.consumer.rules;

/**
 * Why an event is refused.
 *
 * @param rule the name of the rule that it breaks
 * @param message the rule's message and, if the rule could not be evaluated, what was in the way
 */
public record Violation(String rule, String message) {}
