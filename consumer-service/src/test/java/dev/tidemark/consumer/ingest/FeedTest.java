package dev.tidemark.consumer.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.consumer.Events;
import dev.tidemark.consumer.apply.ErrorKind;
import dev.tidemark.consumer.apply.Position;
import dev.tidemark.consumer.apply.Step.Chunk;
import dev.tidemark.consumer.apply.Step.RowChange;
import dev.tidemark.consumer.apply.Step.SchemaChange;
import dev.tidemark.consumer.apply.Step.Truncation;
import dev.tidemark.consumer.apply.Step.Unreadable;
import dev.tidemark.consumer.ingest.Feed.Taken;
import dev.tidemark.model.Marker;
import dev.tidemark.model.Marker.ChunkEnd;
import dev.tidemark.model.Marker.ChunkStart;
import dev.tidemark.model.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class FeedTest {

    private static final TopicPartition PARTITION = new TopicPartition("t", 0);

    private final Events events = Events.of("people");
    private final Feed feed = new Feed(PARTITION, "id", new Position(100, 7));
    private final List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    private long offset = 100;

    private FeedTest change(long sequence) {
        records.add(events.record(PARTITION, offset++, Operation.UPDATE, sequence, "{'id':1}", "{'id':1}"));
        return this;
    }

    private FeedTest row(long sequence) {
        records.add(events.record(PARTITION, offset++, Operation.READ, sequence, "{'id':1}", "{'id':1}"));
        return this;
    }

    private FeedTest start(long sequence) {
        records.add(Events.marker(
                PARTITION, offset++, new ChunkStart(sequence, "public", "people", null, null, List.of(), Map.of())));
        return this;
    }

    private FeedTest end(long sequence, long rows) {
        records.add(Events.marker(PARTITION, offset++, new ChunkEnd(sequence, rows)));
        return this;
    }

    private FeedTest raw(String key, String value) {
        records.add(Events.record(PARTITION, offset++, Events.utf8(key), value == null ? null : Events.utf8(value)));
        return this;
    }

    /** Hands over what was written, and applies it. */
    private Taken take() {
        Taken taken = feed.take(List.copyOf(records));
        records.clear();
        feed.committed(taken.batch().end());
        return taken;
    }

    @Test
    void makesStepsOfEvents() {
        records.add(events.record(PARTITION, 100, Operation.TRUNCATE, 8, null, null));
        offset = 101;
        Taken taken = change(9).take();
        assertThat(taken.batch().steps()).hasExactlyElementsOfTypes(Truncation.class, RowChange.class);
        assertThat(taken.batch().start()).isEqualTo(new Position(100, 7));
        assertThat(taken.batch().end()).isEqualTo(new Position(102, 9));
        assertThat(taken.skipped()).isZero();
    }

    @Test
    void makesAStepOfASchemaChangeWhichEndsAChunkThatWasGivenUp() {
        start(8).row(9);
        records.add(Events.marker(
                PARTITION, offset++, new Marker.SchemaChange(12, "public", "people", List.of(), List.of())));
        Taken taken = change(13).take();
        assertThat(taken.batch().steps()).hasExactlyElementsOfTypes(SchemaChange.class, RowChange.class);
        assertThat(taken.batch().steps().get(0).offset()).isEqualTo(102);
        assertThat(taken.batch().end()).isEqualTo(new Position(104, 13));
        records.add(Events.marker(
                PARTITION, offset++, new Marker.SchemaChange(12, "public", "people", List.of(), List.of())));
        assertThat(take().batch().steps()).isEmpty();
    }

    @Test
    void skipsWhatIsNotAboveTheLastSequence() {
        Taken taken = change(6).change(7).change(8).change(8).change(9).take();
        assertThat(taken.batch().steps()).extracting(step -> step.sequence()).containsExactly(8L, 9L);
        assertThat(taken.skipped()).isEqualTo(3);
        assertThat(taken.batch().end()).isEqualTo(new Position(105, 9));
    }

    @Test
    void movesOnOverWhatItSkips() {
        Taken taken = change(5).take();
        assertThat(taken.batch().steps()).isEmpty();
        assertThat(taken.isNothing()).isFalse();
        assertThat(taken.batch().end()).isEqualTo(new Position(101, 7));
    }

    @Test
    void passesOverTombstonesOfOthers() {
        Taken taken = raw("{\"id\":1}", null)
                .raw("{\"$marker\":\"x\"}", null)
                .change(8)
                .take();
        assertThat(taken.batch().steps()).hasSize(1);
        assertThat(taken.batch().end()).isEqualTo(new Position(103, 8));
        assertThat(taken.problem()).isNull();
    }

    @Test
    void takesRecordThatCannotBeUnderstoodForAStepOfItsOwn() {
        Taken taken = change(8).raw("{\"id\":1}", "rubbish").change(9).take();
        assertThat(taken.batch().steps()).hasExactlyElementsOfTypes(RowChange.class, Unreadable.class, RowChange.class);
        assertThat(taken.batch().end()).isEqualTo(new Position(103, 9));
    }

    @Test
    void takesChangeWhoseRowWasLeftOut() {
        records.add(events.omitted(PARTITION, 100, 9, "{'id':5}"));
        assertThat(take().batch().steps()).hasExactlyElementsOfTypes(RowChange.class);
    }

    @Test
    void stopsBeforeMarkerOfANewerProducer() {
        change(8);
        ConsumerRecord<byte[], byte[]> marker = Events.marker(PARTITION, offset++, new ChunkEnd(9, 1));
        marker.headers().remove(Marker.HEADER).add(Marker.HEADER, Events.utf8("rubbish"));
        records.add(marker);
        Taken taken = take();
        assertThat(taken.batch().end()).isEqualTo(new Position(101, 8));
        assertThat(taken.problem().kind()).isEqualTo(ErrorKind.ENVIRONMENT);
    }

    @Test
    void takesNothingButTheSequenceOfWhatLiesBeforeTheStart() {
        Feed moved = new Feed(PARTITION, "id", new Position(103, Position.NO_SEQUENCE), 100);
        change(8).start(9).row(10).row(11).end(12, 2).change(8).change(13);
        Taken taken = moved.take(List.copyOf(records));
        assertThat(taken.batch().start()).isEqualTo(new Position(103, Position.NO_SEQUENCE));
        assertThat(taken.batch().steps()).extracting(step -> step.sequence()).containsExactly(13L);
        assertThat(taken.batch().end()).isEqualTo(new Position(107, 13));
        assertThat(moved.nextOffset()).isEqualTo(107);
    }

    @Test
    void standsAtTheStartWhileItLooksAtWhatLiesBefore() {
        Feed moved = new Feed(PARTITION, "id", new Position(103, Position.NO_SEQUENCE), 100);
        Taken taken = moved.take(change(8).change(9).records);
        assertThat(taken.isNothing()).isTrue();
        assertThat(moved.nextOffset()).isEqualTo(102);
    }

    @Nested
    class InChunks {

        @Test
        void makesOneStepOfAChunk() {
            Taken taken =
                    change(8).start(9).row(10).row(11).end(12, 2).change(13).take();
            assertThat(taken.batch().steps()).hasExactlyElementsOfTypes(RowChange.class, Chunk.class, RowChange.class);
            assertThat(taken.batch().steps().get(1).offset()).isEqualTo(101);
            assertThat(((Chunk) taken.batch().steps().get(1)).rows()).hasSize(2);
            assertThat(taken.batch().end()).isEqualTo(new Position(106, 13));
        }

        @Test
        void standsBeforeAChunkUntilItsEndHasCome() {
            Taken first = change(8).start(9).row(10).take();
            assertThat(first.batch().steps()).hasSize(1);
            assertThat(first.batch().end()).isEqualTo(new Position(101, 8));
            Taken second = row(11).take();
            assertThat(second.isNothing()).isTrue();
            Taken third = end(12, 2).take();
            assertThat(third.batch().start()).isEqualTo(new Position(101, 8));
            assertThat(third.batch().steps()).hasSize(1);
            assertThat(third.batch().end()).isEqualTo(new Position(105, 12));
        }

        @Test
        void takesAChunkWithoutRows() {
            Taken taken = start(9).end(10, 0).take();
            assertThat(taken.batch().steps()).hasExactlyElementsOfTypes(Chunk.class);
        }

        @Test
        void dropsChunkWhenTheNextOneStarts() {
            Taken taken = start(9).row(10).start(20).row(21).end(22, 1).take();
            assertThat(taken.batch().steps()).hasSize(1);
            assertThat(taken.batch().steps().get(0).sequence()).isEqualTo(22);
            assertThat(taken.skipped()).isEqualTo(1);
        }

        @Test
        void dropsChunkWhenAnythingElseComes() {
            Taken taken = start(9).row(10).change(20).row(21).end(22, 2).take();
            assertThat(taken.batch().steps()).hasExactlyElementsOfTypes(RowChange.class);
            assertThat(taken.skipped()).isEqualTo(2);
            assertThat(taken.batch().end()).isEqualTo(new Position(105, 22));
        }

        @Test
        void dropsChunkThatIsNotComplete() {
            Taken taken = start(9).row(10).end(12, 2).take();
            assertThat(taken.batch().steps()).isEmpty();
            assertThat(taken.skipped()).isEqualTo(1);
            assertThat(taken.batch().end()).isEqualTo(new Position(103, 12));
        }

        @Test
        void ignoresWhatAZombieSendsInto() {
            Taken taken = start(90)
                    .row(91)
                    .change(10)
                    .row(11)
                    .end(12, 1)
                    .row(92)
                    .end(93, 2)
                    .take();
            assertThat(taken.batch().steps()).hasExactlyElementsOfTypes(Chunk.class);
            assertThat(((Chunk) taken.batch().steps().get(0)).rows()).hasSize(2);
            assertThat(taken.skipped()).isEqualTo(2);
        }

        @Test
        void isWholeWithARecordOfOthersInItsMidst() {
            Taken taken =
                    start(9).row(10).raw("{}", "rubbish").row(11).end(12, 2).take();
            Chunk chunk = (Chunk) taken.batch().steps().get(0);
            assertThat(chunk.complete()).isTrue();
            assertThat(chunk.unreadable()).hasSize(1);
        }

        @Test
        void isTakenWithoutARowThatCannotBeUnderstood() {
            Taken taken = start(9).row(10).raw("{}", "rubbish").end(12, 2).take();
            Chunk chunk = (Chunk) taken.batch().steps().get(0);
            assertThat(chunk.complete()).isFalse();
            assertThat(taken.skipped()).isZero();
        }

        @Test
        void leavesWhatCannotBeUnderstoodWhenItIsDropped() {
            Taken taken = start(9).row(10).raw("{}", "rubbish").change(12).take();
            assertThat(taken.batch().steps()).hasExactlyElementsOfTypes(Unreadable.class, RowChange.class);
        }
    }
}
