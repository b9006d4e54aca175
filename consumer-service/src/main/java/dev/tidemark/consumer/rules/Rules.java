package dev.tidemark.consumer.rules;

import dev.tidemark.model.TableId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** All rules, by table. Safe for use by several threads. */
public final class Rules {

    private static final TableRules NONE = new TableRules(List.of(), Map.of());

    private final List<Rule> rules;
    private final Map<TableId, List<Rule>> byTable = new HashMap<>();
    private final Map<TableId, Bound> bound = new ConcurrentHashMap<>();

    private Rules(List<Rule> rules) {
        this.rules = rules;
        rules.forEach(rule -> byTable.computeIfAbsent(rule.definition().table(), table -> new ArrayList<>())
                .add(rule));
    }

    /**
     * Reads the files. Expressions are checked as far as they can be without knowing the tables.
     *
     * @throws RuleException if a file is missing or not what it should be, or an expression is wrong
     */
    public static Rules load(RulesProperties properties) {
        List<Rule> rules = new ArrayList<>();
        Set<Map.Entry<TableId, String>> names = new HashSet<>();
        for (String file : properties.files()) {
            for (RuleDefinition definition : RuleFile.read(file)) {
                if (!names.add(Map.entry(definition.table(), definition.name()))) {
                    throw new RuleException(definition.place(), "there is another " + definition);
                }
                rules.add(new Rule(definition));
            }
        }
        return new Rules(List.copyOf(rules));
    }

    /** Whether there is no rule at all. */
    public boolean isEmpty() {
        return rules.isEmpty();
    }

    /** Whether there are rules for a table. */
    public boolean has(TableId table) {
        return byTable.containsKey(table);
    }

    /**
     * The rules of a table. They are compiled when the columns are new or have changed; asking again is cheap.
     *
     * @param columnTypes the types of the table's columns as PostgreSQL's format_type gives them, with or without a length or precision, by the columns' names;
     *     for a domain, the type under it
     * @throws RuleException if a rule names a column that is not there, or takes a column for what it is not
     */
    public TableRules of(TableId table, Map<String, String> columnTypes) {
        if (!byTable.containsKey(table)) {
            return NONE;
        }
        Bound known = bound.get(table);
        if (known == null || !known.columnTypes().equals(columnTypes)) {
            known = new Bound(new LinkedHashMap<>(columnTypes), bind(table, columnTypes));
            bound.put(table, known);
        }
        return known.rules();
    }

    private TableRules bind(TableId table, Map<String, String> columnTypes) {
        Map<String, ColumnType> columns = new LinkedHashMap<>();
        columnTypes.forEach((name, type) -> columns.put(name, ColumnType.of(type)));
        return new TableRules(
                byTable.getOrDefault(table, List.of()).stream()
                        .map(rule -> rule.bind(columns))
                        .toList(),
                columns);
    }

    /** Every rule with its counts, in the order of the files. */
    public List<RuleInfo> all() {
        return rules.stream().map(Rule::info).toList();
    }

    private record Bound(Map<String, String> columnTypes, TableRules rules) {}
}
