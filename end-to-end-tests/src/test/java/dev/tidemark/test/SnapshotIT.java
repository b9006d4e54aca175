package dev.tidemark.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.model.Marker.ChunkStart;
import dev.tidemark.model.RowKey;
import dev.tidemark.model.Sequence;
import dev.tidemark.stack.ServiceProcess;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The first copy of a table is exact while its writers go on, and a crash does not send it back to its begin. */
@Tag("long")
class SnapshotIT {

    private static final int ROWS = 200_000;
    private static final int CHUNK_ROWS = 2_000;

    @RegisterExtension
    final Pipelines pipelines = Pipelines.perTest();

    @Test
    void snapshotOfTableThatIsWrittenGoesOnAfterKills() {
        Pipeline pipeline =
                pipelines.create(Items.TABLE).producerWith("CDC_SNAPSHOT_MAXCHUNKROWS", Integer.toString(CHUNK_ROWS));
        AppliedAudit applied = Items.create(pipeline, Items.TABLE);
        pipeline.source().execute(Items.fill(Items.TABLE, ROWS));
        ServiceProcess producer = pipeline.start().producer();
        awaitRows(pipeline, 1);
        try (Workload workload =
                new Workload(pipeline.source(), Items.TABLE).keys(ROWS + 1_000).start()) {
            for (int part = 1; part <= 3; part++) {
                awaitRows(pipeline, ROWS * part / 5);
                producer.kill();
                producer.start();
            }
            pipeline.awaitSnapshots(Items.TABLE);
            workload.stop();
        }
        Tables.assertEqual(pipeline, Items.TABLE);
        applied.assertInOrder();
        TopicAudit topic = TopicAudit.of(pipeline, Items.TABLE);
        topic.assertInOrder();
        assertResumed(topic.once().stream().filter(TopicRecord::isChunkStart).toList());
    }

    private static void awaitRows(Pipeline pipeline, int rows) {
        Await.until(
                "snapshot of " + rows + " rows",
                () -> Health.endpoint(pipeline.producer(), "offset")
                                .path("snapshots")
                                .path(Items.TABLE)
                                .path("rows")
                                .asLong(0)
                        >= rows);
    }

    /** Each incarnation of the producer begins where a chunk of the one before ended, and none but the first at the begin of the table. */
    private static void assertResumed(List<TopicRecord> starts) {
        Set<Long> epochs = new HashSet<>();
        Set<RowKey> ends = new HashSet<>();
        for (TopicRecord record : starts) {
            ChunkStart start = (ChunkStart) record.marker();
            if (epochs.add(Sequence.epochOf(start.sequence())) && epochs.size() > 1) {
                assertThat(start.after())
                        .as("where %s begins", record)
                        .isNotNull()
                        .isIn(ends);
            }
            ends.add(start.upTo());
        }
        assertThat(epochs).as("incarnations that took part").hasSizeGreaterThan(1);
        assertThat(starts.size()).as("chunks").isLessThan(2 * ROWS / CHUNK_ROWS);
    }
}
