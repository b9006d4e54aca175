package dev.tidemark.model;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The names of a pipeline's topics, as Debezium forms them: {@code <prefix>.<schema>.<table>}.
 * What Kafka forbids in a name, and the dot, which separates the parts, become underscores.
 *
 * @param prefix what all topics of the pipeline begin with
 */
public record TopicNames(String prefix) {

    private static final Pattern LEGAL_PREFIX = Pattern.compile("[a-zA-Z0-9_-]{1,100}");
    private static final Pattern FORBIDDEN = Pattern.compile("[^a-zA-Z0-9_-]");
    /** What dead-letter topics end with; the topic of a table must not. */
    private static final String DEAD_LETTERS = "-dlt";
    /** Kafka's limit for the name of a topic, in characters, less what the topic of its dead letters needs. */
    private static final int LONGEST = 249 - DEAD_LETTERS.length();

    /** @throws IllegalArgumentException if Kafka would not take the prefix */
    public TopicNames {
        if (!LEGAL_PREFIX.matcher(prefix).matches()) {
            throw new IllegalArgumentException("The topic prefix '" + prefix
                    + "' has to be 1 to 100 of the characters a-z, A-Z, 0-9, '_' and '-'");
        }
    }

    /** The topic of a table's changes. */
    public String of(TableId table) {
        String topic = start() + legal(table.schema()) + '.' + legal(table.name());
        return topic.length() <= LONGEST ? topic : notDeadLetters(topic.substring(0, LONGEST));
    }

    /** The table that has this topic if its names hold nothing that Kafka forbids; else there is another one of similar names. */
    public TableId likelyTable(String topic) {
        String[] names = topic.substring(start().length()).split("\\.", 2);
        return new TableId(names[0], names[1]);
    }

    /** The topic of the events that could not be applied of a table's topic. */
    public static String deadLetters(String topic) {
        return topic + DEAD_LETTERS;
    }

    /** The compacted topic in which the producer keeps its own position. */
    public String offsets() {
        return start() + "offsets";
    }

    /** What all topics of the pipeline begin with, and no other topic: since a prefix has no dot, none is the beginning of another with its dot. */
    public String start() {
        return prefix + '.';
    }

    /** What the topics of all tables match, and no other topic of the pipeline does. */
    public Pattern tables() {
        return Pattern.compile(
                Pattern.quote(start()) + "[a-zA-Z0-9_-]+\\.(?![a-zA-Z0-9_-]*" + DEAD_LETTERS + "$)[a-zA-Z0-9_-]+");
    }

    /** What all topics of the pipeline match: those of tables, of their dead letters and of the offsets. */
    public Pattern all() {
        return Pattern.compile(Pattern.quote(start()) + "(offsets|[a-zA-Z0-9_-]+\\.[a-zA-Z0-9_-]+)");
    }

    /**
     * Kafka takes names that differ only in dots and underscores for one: {@code hr.a_b.c} and {@code hr.a.b_c} cannot both be topics, since they are one in the names of meters.
     *
     * @return each table whose topic would be that of an earlier one, or cannot be beside it, with that earlier one
     */
    public Map<TableId, TableId> clashes(Collection<TableId> tables) {
        Map<String, TableId> owners = new HashMap<>();
        Map<TableId, TableId> clashes = new HashMap<>();
        for (TableId table : tables) {
            TableId owner = owners.putIfAbsent(of(table).replace('.', '_'), table);
            if (owner != null && !owner.equals(table)) {
                clashes.put(table, owner);
            }
        }
        return clashes;
    }

    private static String legal(String name) {
        return notDeadLetters(FORBIDDEN.matcher(name).replaceAll("_"));
    }

    private static String notDeadLetters(String name) {
        return name.endsWith(DEAD_LETTERS) ? name.substring(0, name.length() - DEAD_LETTERS.length()) + "_dlt" : name;
    }
}
