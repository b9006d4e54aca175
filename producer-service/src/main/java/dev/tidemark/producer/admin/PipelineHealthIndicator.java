package dev.tidemark.producer.admin;

import dev.tidemark.producer.admin.SourceHealth.Seen;
import dev.tidemark.producer.capture.PollStatus;
import dev.tidemark.producer.capture.PollStatus.State;
import dev.tidemark.producer.source.OpenTransaction;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Up only while changes flow, or while another producer sees to that. */
final class PipelineHealthIndicator implements HealthIndicator {

    private final Supplier<PollStatus> poller;
    private final CaptureMonitor monitor;
    private final Supplier<Seen> source;
    private final Duration stallTimeout;
    private final Clock clock;

    PipelineHealthIndicator(
            Supplier<PollStatus> poller,
            CaptureMonitor monitor,
            Supplier<Seen> source,
            Duration stallTimeout,
            Clock clock) {
        this.poller = poller;
        this.monitor = monitor;
        this.source = source;
        this.stallTimeout = stallTimeout;
        this.clock = clock;
    }

    @Override
    public Health health() {
        PollStatus status = poller.get();
        Instant waitingSince = monitor.waitingSince();
        Health.Builder health = Health.up().withDetail("state", status.state()).withDetail("since", status.since());
        if (status.state() != State.RUNNING && status.state() != State.STANDBY) {
            health.down();
        }
        if (status.problem() != null) {
            health.withDetail("problem", status.problem());
        }
        if (status.state() == State.RUNNING && waitingSince != null) {
            health.down()
                    .withDetail(
                            "problem",
                            "Kafka does not answer, or does not acknowledge what was sent, since " + waitingSince);
        }
        Instant busySince = status.busySince();
        if (busySince != null && Duration.between(busySince, clock.instant()).compareTo(stallTimeout) > 0) {
            health.down().withDetail("step", "under way since " + busySince);
        }
        Seen seen = source.get();
        Map<String, String> tables = new TreeMap<>(monitor.problems());
        tables.putAll(seen.losses());
        if (!tables.isEmpty()) {
            health.down().withDetail("tables", tables);
        }
        if (seen.away() != null) {
            health.down().withDetail("source", seen.away());
        }
        if (!seen.old().isEmpty()) { // all other changes flow
            health.withDetail(
                    "waitingForCommit",
                    seen.old().stream().map(OpenTransaction::toString).toList());
        }
        // While it stands by, the audit is another producer's.
        if (status.state() != State.STANDBY && !monitor.failedAudits().isEmpty()) {
            health.down()
                    .withDetail("audit", "rows of the change log were not published: slots " + monitor.failedAudits());
        }
        return health.build();
    }
}
