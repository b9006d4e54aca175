package dev.tidemark.consumer.apply;

import dev.tidemark.model.Marker.ColumnType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which columns a table has lost at the source, as far as the destination shows it, where no schema change in the stream tells of it: those that the destination alone
 * has, unless a trigger there may give their values. If the key has one column on either side alone, that one was renamed.
 */
final class FormerColumns {

    private FormerColumns() {}

    /** @param there the destination's columns, by their names */
    static List<ColumnType> of(Target target, List<ColumnType> now, Map<String, DestinationColumn> there) {
        Set<String> kept =
                now.stream().map(column -> target.column(column.name())).collect(Collectors.toSet());
        List<DestinationColumn> lost = there.values().stream()
                .filter(column -> !kept.contains(column.name()))
                .toList();
        List<ColumnType> newKey = now.stream()
                .filter(column -> column.keyPosition() > 0 && !there.containsKey(target.column(column.name())))
                .toList();
        int renamed = renamed(lost.stream().filter(DestinationColumn::isKey).toList(), newKey);
        List<ColumnType> former = new ArrayList<>();
        for (DestinationColumn column : lost) {
            String name = target.source(column.name());
            int number = column.isKey() ? renamed : 0;
            if (name != null && (number > 0 || !column.triggered())) {
                former.add(new ColumnType(name, column.type(), column.notNull(), false, 0, number));
            }
        }
        return former;
    }

    /** The number of what the one lost column of the key is now; 0 if that is not to be seen. */
    private static int renamed(List<DestinationColumn> lost, List<ColumnType> now) {
        boolean isAlike = lost.size() == 1
                && now.size() == 1
                && (Widening.holds(lost.get(0).type(), now.get(0).type())
                        || Widening.holds(now.get(0).type(), lost.get(0).type()));
        return isAlike ? now.get(0).number() : 0;
    }
}
