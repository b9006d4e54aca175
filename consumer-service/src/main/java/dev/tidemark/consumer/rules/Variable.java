package dev.tidemark.consumer.rules;

/**
 * A column that a rule names.
 *
 * @param scope which of the event's rows
 */
record Variable(Scope scope, String column) {

    /** What of an event has columns. */
    enum Scope {
        KEY,
        BEFORE,
        AFTER;

        final String word = name().toLowerCase(java.util.Locale.ROOT);
    }

    /** The name under which the compiled expression asks for it, and which a user reads in a message. */
    @Override
    public String toString() {
        return scope.word + '.' + column;
    }
}
