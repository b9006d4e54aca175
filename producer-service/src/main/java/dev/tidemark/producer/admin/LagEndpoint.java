package dev.tidemark.producer.admin;

import dev.tidemark.producer.capture.Poller;
import dev.tidemark.producer.source.Backlog;
import dev.tidemark.producer.source.BacklogReader;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.stereotype.Component;

/** How far the producer is behind its source. */
@Component
@Endpoint(id = "lag")
class LagEndpoint {

    private final Poller poller;
    private final BacklogReader backlog;

    LagEndpoint(Poller poller, BacklogReader backlog) {
        this.poller = poller;
        this.backlog = backlog;
    }

    /** @return null while this producer is not the active one */
    @ReadOperation
    @Nullable
    Backlog lag() {
        String position = poller.status().position();
        return position == null ? null : backlog.after(position);
    }
}
