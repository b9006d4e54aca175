package dev.tidemark.consumer.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.consumer.Events;
import dev.tidemark.model.EventReader;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReductionTest {

    private final Events a = Events.of("a");
    private final Events b = Events.of("b");
    private final Reduction reduction = new Reduction(new EventReader());

    @Test
    void keepsLastEventOfEachRow() {
        var changes = reduction.reduce(List.of(
                a.upsert(1, "{'id':1}", "{'id':1,'x':'first'}"),
                a.upsert(2, "{'id':2}", "{'id':2,'x':'gone'}"),
                a.upsert(3, "{'id':1}", "{'id':1,'x':'last'}"),
                a.delete(4, "{'id':2}"),
                a.delete(5, "{'id':3}"),
                a.upsert(6, "{'id':3}", "{'id':3,'x':'back'}")));
        TableChanges only = changes.iterator().next();
        assertThat(changes).hasSize(1);
        assertThat(only.upserts().values())
                .flatExtracting(upserts -> upserts.rows)
                .extracting(row -> row.value("x"))
                .containsExactlyInAnyOrder("last", "back");
        assertThat(only.deletes().values())
                .flatExtracting(keys -> keys)
                .extracting(key -> key.value("id"))
                .containsExactly("2");
    }

    @Test
    void keepsTablesApart() {
        var changes = reduction.reduce(List.of(
                b.upsert(1, "{'id':1}", "{'id':1}"),
                a.upsert(2, "{'id':1}", "{'id':1}"),
                b.delete(3, "{'id':1}"),
                a.upsert(4, "{'id':2}", "{'id':2}")));
        assertThat(changes).extracting(TableChanges::table).containsExactly(b.table(), a.table());
    }

    @Test
    void groupsRowsByShape() {
        var changes = reduction.reduce(List.of(
                a.upsert(1, "{'id':1}", "{'id':1,'x':1}"),
                a.upsert(2, "{'id':2}", "{'id':2}"),
                a.upsert(3, "{'id':3}", "{'id':3,'x':3}")));
        assertThat(changes.iterator().next().upserts()).hasSize(2);
    }
}
