package dev.tidemark.producer.admin;

import dev.tidemark.producer.capture.PollStatus;
import dev.tidemark.producer.capture.Poller;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.stereotype.Component;

/** Where the producer stands in the source. */
@Component
@Endpoint(id = "offset")
class OffsetEndpoint {

    private final Poller poller;
    private final CaptureMonitor monitor;

    OffsetEndpoint(Poller poller, CaptureMonitor monitor) {
        this.poller = poller;
        this.monitor = monitor;
    }

    @ReadOperation
    Offsets offsets() {
        PollStatus status = poller.status();
        return new Offsets(status.state(), status.epoch(), status.position(), snapshots());
    }

    private Map<String, Progress> snapshots() {
        Map<String, Progress> progress = new TreeMap<>();
        monitor.snapshots()
                .forEach((table, snapshot) -> progress.put(table, new Progress(snapshot.rows(), snapshot.complete())));
        return progress;
    }

    /** How far the snapshot of a table has come. */
    record Progress(long rows, boolean complete) {}

    /**
     * @param epoch the incarnation of the active producer, or 0
     * @param position the snapshot of the source up to which all changes are published
     * @param snapshots how far the snapshot of each table has come
     */
    record Offsets(
            PollStatus.State state, long epoch, @Nullable String position, Map<String, Progress> snapshots) {}
}
