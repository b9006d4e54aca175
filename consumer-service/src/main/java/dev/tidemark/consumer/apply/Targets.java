package dev.tidemark.consumer.apply;

import dev.tidemark.consumer.apply.SinkProperties.SchemaPolicy;
import dev.tidemark.model.TableId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the source's tables are at the destination, and which of their columns are ignored there. */
public final class Targets {

    private static final Logger log = LoggerFactory.getLogger(Targets.class);

    private final Map<TableId, Target> targets = new HashMap<>();
    /** The source's tables that are named, by what they are at the destination. */
    private final Map<TableId, TableId> sources = new HashMap<>();

    private final SchemaPolicy schemaChanges;
    private final Map<TableId, Set<String>> ignored = new ConcurrentHashMap<>();

    /** What they are at the source. */
    public static Targets asAtTheSource() {
        return new Targets(new SinkProperties(false, SchemaPolicy.WAIT, Map.of()));
    }

    /** @throws IllegalArgumentException if two tables or two columns would be the same at the destination */
    public Targets(SinkProperties properties) {
        schemaChanges = properties.schemaChanges();
        properties.tables().forEach((name, table) -> {
            Target target = target(TableId.parse(name), table);
            if (sources.put(target.table(), TableId.parse(name)) != null) {
                throw new IllegalArgumentException(
                        "cdc.sink.tables: two tables of the source would be " + target.table() + " at the destination");
            }
            targets.put(TableId.parse(name), target);
        });
    }

    private Target target(TableId source, SinkProperties.Table table) {
        if (new HashSet<>(table.columns().values()).size() < table.columns().size()) {
            throw new IllegalArgumentException(
                    "cdc.sink.tables: two columns of " + source + " would have the same name at the destination");
        }
        return new Target(
                table.table() == null ? source : TableId.parse(table.table()),
                table.columns(),
                table.schemaChanges() == null ? schemaChanges : table.schemaChanges(),
                table.softDelete());
    }

    Target of(TableId source) {
        Target target = targets.get(source);
        return target == null ? new Target(source, Map.of(), schemaChanges, null) : target;
    }

    /**
     * What a table is that is written.
     *
     * @throws EnvironmentException if another one is that already
     */
    Target sole(TableId source) {
        Target target = of(source);
        TableId other = sources.getOrDefault(target.table(), source);
        if (!other.equals(source)) {
            throw new EnvironmentException("The table " + source + " would be " + target.table()
                    + " at the destination, which " + other
                    + " of the source is already: give one of them another name there (cdc.sink.tables)");
        }
        return target;
    }

    /** The columns whose values have been left out so far, by table. */
    public Map<TableId, Set<String>> ignored() {
        return Map.copyOf(ignored);
    }

    /** The same of one table of the source. */
    public Set<String> ignored(TableId source) {
        return ignored.getOrDefault(source, Set.of());
    }

    void ignored(TableId source, String column) {
        if (ignored.computeIfAbsent(source, table -> ConcurrentHashMap.newKeySet())
                .add(column)) {
            log.warn(
                    "The column {} of {} is ignored: {} does not have it at the destination",
                    TableId.quote(column),
                    source,
                    of(source).table());
        }
    }
}
