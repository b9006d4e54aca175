package dev.tidemark.consumer.ingest;

import dev.tidemark.consumer.deadletter.RefusedEvent;
import dev.tidemark.model.ChangeEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

/** Is told what was done, right after it was committed, on the thread that did it. */
public interface IngestListener {

    /** Events are applied and committed. */
    void applied(List<ChangeEvent> events, Instant committedAt);

    /** Events are kept as dead letters, which is committed. */
    void refused(Collection<RefusedEvent> events);

    /** Events were not applied, since they were before, or belong to a chunk that was given up. */
    void skipped(int events);

    /** A batch is done. */
    void batch(int events, Duration took);
}
