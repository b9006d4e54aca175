package dev.tidemark.producer.admin;

import dev.tidemark.producer.capture.Pipeline;
import dev.tidemark.producer.capture.PollStatus;
import dev.tidemark.producer.capture.PollStatus.State;
import dev.tidemark.producer.source.ActiveProducer;
import dev.tidemark.producer.source.Backlog;
import dev.tidemark.producer.source.BacklogReader;
import dev.tidemark.producer.source.OpenTransaction;
import dev.tidemark.web.QueryParameters;
import jakarta.servlet.http.HttpServletRequest;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code GET /admin/status}: all that there is to know of the producer, on one page, whatever is away. */
@RestController
class StatusController {

    private final Supplier<PollStatus> poller;
    private final Pipeline pipeline;
    private final CaptureMonitor monitor;
    private final BacklogReader backlog;
    private final TableViews views;
    private final SourceHealth source;
    private final ActiveProducer active;

    StatusController(
            Supplier<PollStatus> poller,
            Pipeline pipeline,
            CaptureMonitor monitor,
            BacklogReader backlog,
            TableViews views,
            SourceHealth source,
            ActiveProducer active) {
        this.poller = poller;
        this.pipeline = pipeline;
        this.monitor = monitor;
        this.backlog = backlog;
        this.views = views;
        this.source = source;
        this.active = active;
    }

    /**
     * The producer on one page.
     *
     * @param cause why it is not running, or null
     * @param epoch the incarnation of the active producer, or 0
     * @param position the snapshot of the source up to which all changes are published; null while it is not known
     * @param backlog what waits in the change log behind the position
     * @param openTransactions those that have written to captured tables and not ended for a while: their changes wait for the commit
     * @param lastError what went wrong last since the start, also when it is over
     * @param tables null while the source cannot tell, or another producer is the active one
     */
    record Status(
            State state,
            @Nullable String cause,
            Instant since,
            String pipeline,
            String instance,
            String version,
            long epoch,
            @Nullable String position,
            @Nullable Backlog backlog,
            List<OpenTransaction> openTransactions,
            @Nullable LastError lastError,
            @Nullable List<TableView> tables) {}

    /** Tells how the producer is. All on one page, and answered whatever is away. */
    @GetMapping("/admin/status")
    Status status(HttpServletRequest request) {
        QueryParameters.only(request);
        PollStatus status = poller.get();
        Instant waitingSince = monitor.waitingSince();
        if (status.state() == State.STANDBY) {
            return status(status, State.STANDBY, "another producer is the active one" + which(), null, null);
        }
        Backlog waiting;
        List<TableView> tables;
        try {
            waiting = status.position() == null ? null : backlog.after(status.position());
            tables = views.all();
        } catch (SQLException | DataAccessException e) {
            return status(status, State.FAILED, cause(status, AdminErrors.describe(e)), null, null);
        }
        if (status.state() == State.RUNNING && waitingSince != null) {
            String cause = "Kafka does not answer, or does not acknowledge what was sent, since " + waitingSince;
            return status(status, State.FAILED, cause, waiting, tables);
        }
        return status(status, status.state(), status.problem(), waiting, tables);
    }

    private String which() {
        try {
            return active.describe().map(which -> ": " + which).orElse("");
        } catch (DataAccessException e) {
            return "";
        }
    }

    private static String cause(PollStatus status, String otherwise) {
        return status.problem() == null ? otherwise : status.problem();
    }

    private Status status(
            PollStatus status,
            State state,
            @Nullable String cause,
            @Nullable Backlog waiting,
            @Nullable List<TableView> tables) {
        return new Status(
                state,
                cause,
                status.since(),
                pipeline.name(),
                pipeline.instance(),
                pipeline.version(),
                status.epoch(),
                status.position(),
                waiting,
                source.seen().old(),
                monitor.lastError(),
                tables);
    }
}
