package dev.tidemark.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TableIdTest {

    @Test
    void foldsUnquotedNamesAndDefaultsToPublic() {
        assertThat(TableId.parse("Sales.Orders")).isEqualTo(new TableId("sales", "orders"));
        assertThat(TableId.parse("  employees ")).isEqualTo(new TableId("public", "employees"));
    }

    @Test
    void keepsQuotedNamesAsTheyAre() {
        assertThat(TableId.parse("\"My Schema\".\"a.b\"")).isEqualTo(new TableId("My Schema", "a.b"));
        assertThat(TableId.parse("\"a\"\"b\".\"c,d\"")).isEqualTo(new TableId("a\"b", "c,d"));
    }

    @Test
    void readsListsAndSkipsEmptyEntries() {
        assertThat(TableId.parseList("public.employees, \"a,b\".c,, d"))
                .containsExactly(
                        new TableId("public", "employees"), new TableId("a,b", "c"), new TableId("public", "d"));
        assertThat(TableId.parseList("")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.b.c", "\"open", "a b", "a.", ".b", "a;drop table b", "\"\".x"})
    void refusesWhatIsNoTableName(String text) {
        assertThatThrownBy(() -> TableId.parseList(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not a list of table names: write schema.table");
        assertThatThrownBy(() -> TableId.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is no table name: write schema.table");
    }

    @Test
    void printsWhatItReads() {
        for (String name : new String[] {"public.employees", "\"My Schema\".\"a\"\"b\"", "public.\"Upper\""}) {
            assertThat(TableId.parse(name)).hasToString(name);
            assertThat(TableId.parse(TableId.parse(name).sql())).isEqualTo(TableId.parse(name));
        }
    }
}
