package dev.tidemark.consumer.apply;

import dev.tidemark.consumer.apply.SinkColumn.Filling;
import dev.tidemark.consumer.rules.RuleException;
import dev.tidemark.consumer.rules.Rules;
import dev.tidemark.consumer.rules.TableRules;
import dev.tidemark.model.Columns;
import dev.tidemark.model.Marker;
import dev.tidemark.model.TableId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A table of the destination as it was when it was last looked at, with the statements made for it. */
final class SinkTable {

    private final TableId id;
    private final Targets targets;
    private final Target target;
    private final Map<String, SinkColumn> columns;
    private final List<Set<String>> uniqueKeys;
    private final List<RefusalCondition> refusals;
    private final boolean cascading;
    private final Map<RowShape, RowSql> statements = new HashMap<>();
    private @Nullable TableRules rules;
    private Marker.@Nullable SchemaChange followed;

    /**
     * @param id the table's name at the source
     * @param columns by their names at the source
     * @param uniqueKeys the columns of each index that tells rows apart at once and without condition
     * @param refusals what the table refuses, as far as it can be said in terms of a row alone
     * @param cascading whether deleting a row may change rows of other tables
     */
    SinkTable(
            TableId id,
            Targets targets,
            Map<String, SinkColumn> columns,
            List<Set<String>> uniqueKeys,
            List<RefusalCondition> refusals,
            boolean cascading) {
        this.refusals = refusals;
        this.id = id;
        this.targets = targets;
        this.target = targets.of(id);
        this.columns = columns;
        this.uniqueKeys = uniqueKeys;
        this.cascading = cascading;
    }

    TableId id() {
        return id;
    }

    /** Deletes rows as it is wished for this table. */
    Deletion deletion() {
        return new Deletion(target.table(), target.softDelete());
    }

    /** Deletes rows that are to be written again. */
    Deletion removal() {
        return new Deletion(target.table(), null);
    }

    /** In SQL. */
    String sql() {
        return target.table().sql();
    }

    boolean cascading() {
        return cascading;
    }

    /** Whether the table has followed just this schema change. It comes again until the producer has looked at the source's table. */
    boolean hasFollowed(Marker.SchemaChange change) {
        return followed != null
                && followed.before().equals(change.before())
                && followed.columns().equals(change.columns());
    }

    void followed(Marker.SchemaChange change) {
        followed = change;
    }

    /** @throws EnvironmentException if the table has no such column for the source */
    SinkColumn column(String name) {
        target.requireNoMark(name);
        SinkColumn column = columns.get(name);
        if (column == null) {
            throw new EnvironmentException(
                    "The table " + target.table() + " has no column " + TableId.quote(target.column(name))
                            + " at the destination, and nothing before this in the stream has told its type: add it there as it is at the source,"
                            + " or rename the column that it was, or set cdc.sink.schema-changes to ignore for as long as such events come");
        }
        return column;
    }

    /** The column, null if its values are left out. */
    @Nullable
    SinkColumn stored(String name) {
        if (target.isIgnoring() && !columns.containsKey(name)) {
            targets.ignored(id, name);
            return null;
        }
        SinkColumn column = column(name);
        return column.filling() == Filling.COMPUTED ? null : column;
    }

    /**
     * The columns of a key.
     *
     * @throws EnvironmentException if nothing keeps two rows from having the same key
     */
    List<SinkColumn> key(Columns key) {
        List<SinkColumn> found = key.names().stream().map(this::column).toList();
        List<String> names = found.stream().map(SinkColumn::name).toList();
        if (!uniqueKeys.contains(new HashSet<>(names))) {
            throw new EnvironmentException("The table " + target.table() + " has no primary key on exactly the columns "
                    + names + " at the destination: add it, or a unique index that is neither partial nor deferrable");
        }
        return found;
    }

    /**
     * The user's rules for the table.
     *
     * @throws RuleException if they are none for a table with these columns
     */
    TableRules rules(Rules all) {
        if (rules == null) {
            Map<String, String> types = new LinkedHashMap<>();
            columns.forEach((name, column) -> types.put(name, column.declared()));
            rules = all.of(id, types);
        }
        return rules;
    }

    /** The statements for rows of a shape. */
    RowSql statements(RowShape shape) {
        return statements.computeIfAbsent(shape, this::newStatements);
    }

    private RowSql newStatements(RowShape shape) {
        List<SinkColumn> stored = new ArrayList<>();
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < shape.row().size(); i++) {
            SinkColumn column = stored(shape.row().names().get(i));
            if (column != null) {
                stored.add(column);
                places.add(i);
            }
        }
        return new RowSql(target, stored, places, key(shape.key()), refusals);
    }
}
