package dev.tidemark.producer.admin;

import dev.tidemark.producer.capture.PollStatus;
import dev.tidemark.producer.capture.PollStatus.State;
import dev.tidemark.producer.capture.Poller;
import java.time.Instant;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Up only while changes flow, or while another producer sees to that. */
@Component
class PipelineHealthIndicator implements HealthIndicator {

    private final Poller poller;
    private final CaptureMonitor monitor;

    PipelineHealthIndicator(Poller poller, CaptureMonitor monitor) {
        this.poller = poller;
        this.monitor = monitor;
    }

    @Override
    public Health health() {
        PollStatus status = poller.status();
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
        if (!monitor.problems().isEmpty()) {
            health.down().withDetail("tables", monitor.problems());
        }
        if (!monitor.failedAudits().isEmpty()) {
            health.down()
                    .withDetail("audit", "rows of the change log were not published: slots " + monitor.failedAudits());
        }
        return health.build();
    }
}
