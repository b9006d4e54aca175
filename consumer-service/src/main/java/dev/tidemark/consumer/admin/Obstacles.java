package dev.tidemark.consumer.admin;

import dev.tidemark.consumer.apply.Problem;
import dev.tidemark.consumer.ingest.IngestProperties;
import dev.tidemark.consumer.ingest.PipelineStatus;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What keeps this instance from applying anything at all. */
final class Obstacles {

    private final PipelineStatus status;
    private final Duration stallTimeout;
    private final Clock clock;

    Obstacles(PipelineStatus status, IngestProperties properties, Clock clock) {
        this.status = status;
        this.stallTimeout = properties.stallTimeout();
        this.clock = clock;
    }

    /** What is in the way, and why; empty if nothing is. */
    Map<String, String> all() {
        Map<String, String> found = new LinkedHashMap<>();
        put(found, "destination", status.destination());
        put(found, "kafka", status.broker());
        put(found, "listener", status.refusal());
        if (!status.started()) {
            found.put("listener", "not started yet, or stopped");
        }
        Instant busySince = status.busySince();
        if (busySince != null && Duration.between(busySince, clock.instant()).compareTo(stallTimeout) > 0) {
            found.put("batch", "being applied since " + busySince);
        }
        return found;
    }

    private static void put(Map<String, String> found, String what, @Nullable Problem problem) {
        if (problem != null) {
            found.put(what, problem.message());
        }
    }
}
