package dev.tidemark.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class TopicNamesTest {

    private final TopicNames topics = new TopicNames("shop");

    @Test
    void namesTopicsAsDebeziumDoes() {
        assertThat(topics.of(new TableId("public", "employees"))).isEqualTo("shop.public.employees");
        assertThat(topics.offsets()).isEqualTo("shop.offsets");
    }

    @Test
    void leadsBackToTheTableWhereNothingWasReplaced() {
        TableId plain = new TableId("public", "order_items");
        assertThat(topics.likelyTable(topics.of(plain))).isEqualTo(plain);
        assertThat(topics.likelyTable(topics.of(new TableId("My Schema", "a.b"))))
                .isEqualTo(new TableId("My_Schema", "a_b"));
    }

    @Test
    void replacesWhatKafkaForbidsAndWhatSeparatesTheParts() {
        assertThat(topics.of(new TableId("My Schema", "a.b"))).isEqualTo("shop.My_Schema.a_b");
        assertThat(topics.of(new TableId("público", "x-dlt"))).isEqualTo("shop.p_blico.x_dlt");
        assertThat(topics.of(new TableId("public", "x".repeat(300)))).hasSize(245);
    }

    @Test
    void namesDeadLetterTopicsAsNoTableIsNamed() {
        String longest = topics.of(new TableId("public", "x".repeat(300)));
        assertThat(TopicNames.deadLetters("shop.public.employees")).isEqualTo("shop.public.employees-dlt");
        assertThat(TopicNames.deadLetters(longest)).hasSize(249);
        String cut = "x".repeat(245 - "shop.public.-dlt".length()) + "-dlt and more";
        assertThat(topics.of(new TableId("public", cut))).hasSize(245).endsWith("x_dlt");
    }

    @Test
    void findsTablesThatWouldShareATopic() {
        TableId dotted = new TableId("public", "a.b");
        TableId underscored = new TableId("public", "a_b");
        assertThat(topics.clashes(List.of(dotted, new TableId("public", "c"), underscored)))
                .containsOnlyKeys(underscored)
                .containsValue(dotted);
        assertThat(topics.clashes(List.of(dotted, dotted))).isEmpty();
    }

    @Test
    void findsTablesWhoseTopicsKafkaTakesForOne() {
        TableId one = new TableId("a_b", "c");
        TableId other = new TableId("a", "b_c");
        assertThat(topics.clashes(List.of(one, other))).containsOnlyKeys(other).containsValue(one);
    }

    @Test
    void subscribesToTablesAndToNothingElse() {
        var pattern = topics.tables().asMatchPredicate();
        assertThat(List.of("shop.public.employees", "shop.My_Schema.a_b")).allMatch(pattern);
        assertThat(List.of(
                        "shop.offsets",
                        "shop.public.employees-dlt",
                        "shop2.public.employees",
                        "other.public.employees",
                        "shop.a.b.c"))
                .noneMatch(pattern);
    }

    @Test
    void refusesAPrefixThatKafkaWouldNotTake() {
        for (String prefix : List.of("", "a b", "a.b", "x".repeat(101))) {
            assertThatThrownBy(() -> new TopicNames(prefix))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("topic prefix");
        }
    }
}
