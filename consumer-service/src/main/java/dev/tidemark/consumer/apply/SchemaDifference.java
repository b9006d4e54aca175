package dev.tidemark.consumer.apply;

import dev.tidemark.model.Marker.ColumnType;
import dev.tidemark.model.TableId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What has to be altered at the destination so that it takes all rows of a table that was altered at the source:
 *
 * <ol>
 *   <li>a column with another name gets it; by its number it is known to be the same. If the events come by several partitions, it is added instead, since those that are behind
 *       need the former name; the new copy of the table, which follows a rename, has its values;
 *   <li>a column that the destination lacks is added, without NOT NULL, since it has rows. If unknown columns are ignored it is left out, unless it belongs to the key;
 *   <li>a column takes another type if it had the source's former one, or one between, and its type does not hold all values of the new one;
 *   <li>a column may be NULL from when it may be at the source, or has gone there: it stays at the destination, but no row brings a value, so that it cannot belong to the
 *       primary key.
 * </ol>
 *
 * What the destination has otherwise than the source had it before is its owner's choice, and stays.
 */
final class SchemaDifference {

    private final Target target;
    private final List<ColumnType> before;
    private final List<ColumnType> now;
    private final boolean onePartition;
    /** As it will be after what was found so far. */
    private final Map<String, DestinationColumn> there;
    /** What columns were at the source, by their new names at the destination. */
    private final Map<String, ColumnType> renamed = new HashMap<>();

    private final List<Alteration> alterations = new ArrayList<>();
    private final List<String> leftOut = new ArrayList<>();

    /**
     * A statement for the destination.
     *
     * @param type the type that it names, null if it names none
     * @param safe whether it keeps all values, and is right whatever the operator has in mind
     */
    record Alteration(String sql, @Nullable ColumnType type, boolean safe) {}

    /**
     * @param before the columns that the source's table had; null if nothing tells
     * @param onePartition whether all of the table's events come by the same partition
     * @param there the destination's columns, by their names
     */
    SchemaDifference(
            Target target,
            @Nullable List<ColumnType> before,
            List<ColumnType> now,
            boolean onePartition,
            Map<String, DestinationColumn> there) {
        this.target = target;
        this.before = before == null ? FormerColumns.of(target, now, there) : before;
        this.now = now;
        this.onePartition = onePartition;
        this.there = new HashMap<>(there);
        rename();
        for (ColumnType column : now) {
            DestinationColumn destination = this.there.get(target.column(column.name()));
            if (destination == null) {
                lacking(column);
            } else {
                compare(column, destination);
            }
        }
        this.before.forEach(this::gone);
    }

    /** In the order in which they have to be run. */
    List<Alteration> alterations() {
        return alterations;
    }

    /** The source's names of columns that are left out. */
    List<String> leftOut() {
        return leftOut;
    }

    /** One name may become free for another. */
    private void rename() {
        boolean found = true;
        while (found) {
            found = false;
            for (ColumnType column : now) {
                found |= rename(column);
            }
        }
    }

    private boolean rename(ColumnType column) {
        String name = target.column(column.name());
        ColumnType old = byNumber(column);
        boolean renaming = onePartition || column.keyPosition() > 0;
        if (there.containsKey(name) || old == null || leavesOut(column) || !renaming) {
            return false;
        }
        DestinationColumn destination = there.remove(target.column(old.name()));
        if (destination == null) {
            return false;
        }
        there.put(name, destination.renamed(name));
        renamed.put(name, old);
        alter("RENAME COLUMN " + TableId.quote(destination.name()) + " TO " + TableId.quote(name), null, false);
        return true;
    }

    private boolean leavesOut(ColumnType column) {
        return target.isIgnoring() && column.keyPosition() == 0;
    }

    private void lacking(ColumnType column) {
        if (leavesOut(column)) {
            leftOut.add(column.name());
        } else {
            ColumnType old = byNumber(column);
            boolean isRenamed = !onePartition && old != null && !old.name().equals(column.name());
            String name = TableId.quote(target.column(column.name()));
            // Rows that are there have no value for it, which a key needs.
            boolean safe = !isRenamed && column.keyPosition() == 0;
            alter("ADD COLUMN " + name + ' ' + column.type(), column, safe);
        }
    }

    private void compare(ColumnType column, DestinationColumn destination) {
        ColumnType old = former(column, destination);
        if (old == null) {
            return;
        }
        if (destination.computed()) {
            if (old.generated() && !column.generated() && !target.isIgnoring()) {
                alter(of(destination) + "DROP EXPRESSION", null, true);
            }
            return;
        }
        if (!old.type().equals(column.type()) && isTooNarrow(column, old, destination)) {
            retype(column, old, destination);
        }
        if (old.notNull() && !column.notNull() && destination.notNull()) {
            alter(of(destination) + "DROP NOT NULL", null, true);
        }
    }

    /** What the destination's column was at the source before. */
    private @Nullable ColumnType former(ColumnType column, DestinationColumn destination) {
        ColumnType old = renamed.get(destination.name());
        if (old == null) {
            old = before.stream()
                    .filter(other -> other.name().equals(column.name()))
                    .findFirst()
                    .orElse(null);
        }
        return old == null ? byNumber(column) : old;
    }

    /** Whether its type was the source's, or lies between the former and the new one. */
    private static boolean isTooNarrow(ColumnType column, ColumnType old, DestinationColumn destination) {
        String type = destination.type();
        boolean followed =
                type.equals(old.type()) || (Widening.holds(old.type(), type) && Widening.holds(type, column.type()));
        return followed && !Widening.holds(column.type(), type);
    }

    private void retype(ColumnType column, ColumnType old, DestinationColumn destination) {
        String name = TableId.quote(destination.name());
        if (Widening.holds(destination.type(), column.type())) {
            alter(of(destination) + "TYPE " + column.type(), column, true);
        } else if (old.number() == column.number()) {
            alter("%sTYPE %s USING %s::%2$s".formatted(of(destination), column.type(), name), column, false);
        } else {
            alter("DROP COLUMN %s, ADD COLUMN %1$s %s".formatted(name, column.type()), column, false);
        }
    }

    /** Rows that bring no value for a column have to be taken all the same. */
    private void gone(ColumnType old) {
        DestinationColumn destination = there.get(target.column(old.name()));
        if (destination == null
                || !destination.notNull()
                || destination.filled()
                || destination.computed()
                || target.isMark(destination.name())
                || now.stream().anyMatch(column -> target.column(column.name()).equals(destination.name()))) {
            return;
        }
        if (destination.primaryKey() == null) {
            alter(of(destination) + "DROP NOT NULL", null, true);
        } else {
            String key = TableId.quote(destination.primaryKey());
            alter("DROP CONSTRAINT IF EXISTS " + key + ", " + of(destination) + "DROP NOT NULL", null, false);
        }
    }

    private @Nullable ColumnType byNumber(ColumnType column) {
        return before.stream()
                .filter(other -> other.number() > 0 && other.number() == column.number())
                .findFirst()
                .orElse(null);
    }

    private static String of(DestinationColumn destination) {
        return "ALTER COLUMN " + TableId.quote(destination.name()) + ' ';
    }

    private void alter(String clause, @Nullable ColumnType type, boolean safe) {
        alterations.add(new Alteration("ALTER TABLE " + target.table().sql() + ' ' + clause, type, safe));
    }
}
