package dev.tidemark.producer.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.model.RowKey;
import dev.tidemark.model.TableId;
import dev.tidemark.producer.source.CopyRange;
import dev.tidemark.producer.source.TrackedTable;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class TableProgressTest {

    private static final TableProgress NONE = TableProgress.none(table("monday", null), new TableTopic("topic", 1));
    private static final TableProgress HALF = NONE.advanced(new RowKey("{\"id\":1}"), 7);

    private static TrackedTable table(String trackedAt, @Nullable String copyAt) {
        TableId id = new TableId("public", "items");
        return new TrackedTable(1, id, List.of("id"), List.of("integer"), "", trackedAt, copyAt, null, false, true);
    }

    @Test
    void keepsItsPartitionsHoweverManyTheTopicIsGiven() {
        assertThat(HALF.continued(table("monday", null), new TableTopic("topic", 4))
                        .partitions())
                .isEqualTo(1);
        assertThat(HALF.continued(table("wednesday", null), new TableTopic("topic", 4))
                        .partitions())
                .isEqualTo(1);
        assertThat(HALF.continued(table("monday", null), new TableTopic("another", 4))
                        .partitions())
                .isEqualTo(4);
    }

    @Test
    void goesOnWhereNothingHasChanged() {
        assertThat(HALF.continued(table("monday", null), new TableTopic("topic", 4)))
                .isEqualTo(HALF);
    }

    @Test
    void sendsChangesOnWhenOnlyANewCopyIsAskedFor() {
        TableProgress anew = HALF.continued(table("monday", "tuesday"), new TableTopic("topic", 4));
        assertThat(anew.started()).isTrue();
        assertThat(anew.complete()).isFalse();
        assertThat(anew.upTo()).isNull();
        assertThat(anew.rows()).isZero();
        assertThat(anew.continued(table("monday", "tuesday"), new TableTopic("topic", 4)))
                .isEqualTo(anew);
        assertThat(NONE.continued(table("monday", "tuesday"), new TableTopic("topic", 4))
                        .started())
                .isFalse();
    }

    @Test
    void leavesACopyThatIsNotAskedForAnyMoreOnlyIfTheTableWasWholeBefore() {
        TableTopic topic = new TableTopic("topic", 1);
        TableProgress copying = NONE.advanced(null, 7).continued(table("monday", "tuesday"), topic);
        assertThat(copying.complete()).isFalse();
        assertThat(copying.advanced(new RowKey("{\"id\":1}"), 3)
                        .continued(table("monday", null), topic)
                        .complete())
                .isTrue();
        assertThat(copying.continued(table("wednesday", null), topic).complete())
                .isFalse();
        assertThat(HALF.continued(table("monday", "tuesday"), topic)
                        .continued(table("monday", null), topic)
                        .complete())
                .isFalse();
    }

    private static TrackedTable part(String trackedAt, String copyAt) {
        CopyRange range = new CopyRange(new RowKey("{\"id\":3}"), new RowKey("{\"id\":9}"));
        return new TrackedTable(
                1,
                new TableId("public", "items"),
                List.of("id"),
                List.of("integer"),
                "",
                trackedAt,
                copyAt,
                range,
                false,
                true);
    }

    @Test
    void copiesAPartOfATableThatIsWhole() {
        TableTopic topic = new TableTopic("topic", 1);
        TableProgress whole = NONE.advanced(null, 7);
        TableProgress part = whole.continued(part("monday", "tuesday"), topic);
        assertThat(part.upTo()).isEqualTo(new RowKey("{\"id\":3}"));
        assertThat(part.complete()).isFalse();
        assertThat(part.started()).isTrue();
        TableProgress half = part.advanced(new RowKey("{\"id\":5}"), 2);
        assertThat(half.complete()).isFalse();
        assertThat(half.continued(part("monday", "tuesday"), topic)).isEqualTo(half);
        assertThat(half.advanced(new RowKey("{\"id\":9}"), 2).complete()).isTrue();
        TableProgress anew = half.continued(table("monday", "wednesday"), topic);
        assertThat(anew.end()).isNull();
        assertThat(anew.upTo()).isNull();
        assertThat(half.continued(table("monday", null), topic).complete()).isTrue();
    }

    @Test
    void copiesTheWholeTableWhereAPartIsNotEnough() {
        TableTopic topic = new TableTopic("topic", 1);
        TableProgress part = NONE.advanced(null, 7).continued(part("monday", "tuesday"), topic);
        for (TableProgress whole : List.of(
                HALF.continued(part("monday", "tuesday"), topic),
                part.continued(part("wednesday", "tuesday"), topic),
                part.continued(part("monday", "tuesday"), new TableTopic("another", 1)),
                part.restarted())) {
            assertThat(whole.range()).isNull();
            assertThat(whole.upTo()).isNull();
            assertThat(whole.complete()).isFalse();
            assertThat(whole.copied()).isFalse();
        }
    }

    @Test
    void sendsNoChangesAfterAGapOrToAnotherTopicBeforeTheFirstChunk() {
        assertThat(HALF.continued(table("wednesday", "tuesday"), new TableTopic("topic", 4))
                        .started())
                .isFalse();
        assertThat(HALF.continued(table("monday", null), new TableTopic("another", 4))
                        .started())
                .isFalse();
    }

    @Test
    void readsWhatOlderVersionsHaveStored() {
        String stored = """
                {"schema":"public","table":"items","trackedAt":"monday","topicId":"topic","started":true,"complete":true,"upTo":null,"rows":7}
                """;
        TableProgress progress = JsonMapper.builder().build().readValue(stored, TableProgress.class);
        assertThat(progress.continued(table("monday", null), new TableTopic("topic", 4)))
                .isEqualTo(NONE.advanced(null, 7));
    }
}
