package dev.tidemark.consumer.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.consumer.apply.TestDestination;
import java.sql.SQLException;
import java.time.Duration;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DeadLetterClosingIT {

    @RegisterExtension
    static final TestDestination destination = TestDestination.create();

    private final DeadLetterClosing closing = new DeadLetterClosing(destination.dataSource(), TestDestination.TOPICS);

    private final Letters letters = new Letters(destination);

    @Test
    void discardsAnOpenLetterAndRecordsByWhom() throws SQLException {
        long id = letters.refuse("people", 1, 1, Letters.TOO_LONG);
        assertThat(closing.discard(id, "ada")).isTrue();
        assertThat(destination.value("SELECT state, closed_by, closed_at IS NOT NULL FROM cdc.dead_letter"))
                .isEqualTo("discarded|ada|t");
        assertThat(closing.discard(id, "bob")).isFalse();
        assertThat(closing.discard(id + 1, "bob")).isFalse();
    }

    @Test
    void leavesLettersOfOtherPipelines() throws SQLException {
        TopicPartition others = new TopicPartition("x_eu.public.people", 0);
        long open = letters.refuse(others, 1, null, new byte[] {1});
        long old = letters.refuse(others, 2, null, new byte[] {1});
        letters.close(old, DeadLetterState.REPLAYED, "31 days");
        destination.execute("UPDATE cdc.dead_letter SET published_at = now()");

        assertThat(closing.discard(open, "ada")).isFalse();
        assertThat(closing.discardAll(DeadLetterFilter.ALL, "ada")).isZero();
        assertThat(closing.forget(Duration.ofDays(30))).isZero();
        assertThat(letters.state(open)).isEqualTo("open");
    }

    @Test
    void leavesAClosedLetterAsItIs() throws SQLException {
        long id = letters.refuse("people", 1, 1, Letters.TOO_LONG);
        letters.close(id, DeadLetterState.REPLAYED, "1 s");
        assertThat(closing.discard(id, "bob")).isFalse();
        assertThat(letters.state(id)).isEqualTo("replayed");
    }

    @Test
    void discardsAllOpenLettersThatMatch() throws SQLException {
        long other = letters.refuse("people", 1, 1, Letters.MINOR);
        letters.close(letters.refuse("people", 2, 2, Letters.TOO_LONG), DeadLetterState.SUPERSEDED, "1 s");
        destination.execute("""
                INSERT INTO cdc.dead_letter (topic, partition, record_offset, topic_id, cause_class, cause, message)
                SELECT 'x.public.t', 0, n, 'id', 'value', 'a column', 'too long' FROM generate_series(1, 2500) n
                """);
        DeadLetterFilter values = new DeadLetterFilter(
                null, null, CauseClass.VALUE, null, null, null, null, null, null, null, null, null);
        assertThat(closing.discardAll(values, "ada")).isEqualTo(2500);
        assertThat(letters.state(other)).isEqualTo("open");
        assertThat(destination.value("SELECT count(*) FROM cdc.dead_letter WHERE state = 'superseded'"))
                .isEqualTo("1");
    }

    @Test
    void forgetsWhatIsClosedAndPublishedAndOldOnly() throws SQLException {
        long old = letters.refuse("people", 1, 1, Letters.TOO_LONG);
        long young = letters.refuse("people", 2, 2, Letters.TOO_LONG);
        long unpublished = letters.refuse("people", 3, 3, Letters.TOO_LONG);
        long open = letters.refuse("people", 4, 4, Letters.TOO_LONG);
        letters.close(old, DeadLetterState.REPLAYED, "31 days");
        letters.close(young, DeadLetterState.REPLAYED, "29 days");
        letters.close(unpublished, DeadLetterState.DISCARDED, "31 days");
        destination.execute("UPDATE cdc.dead_letter SET published_at = now() WHERE id <> " + unpublished);

        assertThat(closing.forget(Duration.ofDays(30))).isEqualTo(1);
        assertThat(destination.rows("SELECT id FROM cdc.dead_letter ORDER BY id"))
                .containsExactly("" + young, "" + unpublished, "" + open);
    }
}
