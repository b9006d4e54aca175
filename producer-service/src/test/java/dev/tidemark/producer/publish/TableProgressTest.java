package dev.tidemark.producer.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.model.RowKey;
import dev.tidemark.model.TableId;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class TableProgressTest {

    private static final TableProgress NONE =
            TableProgress.none(new TableId("public", "items"), "monday", null, "topic");
    private static final TableProgress HALF = NONE.advanced(new RowKey("{\"id\":1}"), 7);

    @Test
    void goesOnWhereNothingHasChanged() {
        assertThat(HALF.continued("monday", null, "topic")).isEqualTo(HALF);
    }

    @Test
    void sendsChangesOnWhenOnlyANewCopyIsAskedFor() {
        TableProgress anew = HALF.continued("monday", "tuesday", "topic");
        assertThat(anew.started()).isTrue();
        assertThat(anew.complete()).isFalse();
        assertThat(anew.upTo()).isNull();
        assertThat(anew.rows()).isZero();
        assertThat(anew.continued("monday", "tuesday", "topic")).isEqualTo(anew);
        assertThat(NONE.continued("monday", "tuesday", "topic").started()).isFalse();
    }

    @Test
    void sendsNoChangesAfterAGapOrToAnotherTopicBeforeTheFirstChunk() {
        assertThat(HALF.continued("wednesday", "tuesday", "topic").started()).isFalse();
        assertThat(HALF.continued("monday", null, "another").started()).isFalse();
    }

    @Test
    void readsWhatOlderVersionsHaveStored() {
        String stored = """
                {"schema":"public","table":"items","trackedAt":"monday","topicId":"topic","started":true,"complete":true,"upTo":null,"rows":7}
                """;
        TableProgress progress = JsonMapper.builder().build().readValue(stored, TableProgress.class);
        assertThat(progress.continued("monday", null, "topic")).isEqualTo(NONE.advanced(null, 7));
    }
}
